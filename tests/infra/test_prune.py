"""What a package leaves out of botocore is what a function never asks it for."""

import json
import ssl
from pathlib import Path

import botocore
import botocore.session
import pytest

from infra.package import ROOTS, SERVICES, prune_endpoints, prune_roots

BOTOCORE = Path(botocore.__file__).parent
REGIONS = ("us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1")


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    path = tmp_path / "cacert.pem"
    path.write_bytes((BOTOCORE / "cacert.pem").read_bytes())
    return path


def test_amazons_five_roots_are_kept_and_nobody_elses(roots: Path) -> None:
    prune_roots(roots)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(roots)
    names = {dict(part[0] for part in root["subject"])["commonName"] for root in context.get_ca_certs()}  # type: ignore[misc] # typed for any certificate
    assert names == ROOTS
    assert len(ROOTS) == 5


def test_nothing_is_built_if_botocore_no_longer_has_one_of_them(roots: Path) -> None:
    roots.write_text(roots.read_text().replace('"Amazon Root CA 3"', '"Somebody else"'))
    with pytest.raises(SystemExit, match="Amazon Root CA 3"):
        prune_roots(roots)


@pytest.mark.parametrize("function", SERVICES)
def test_a_client_finds_the_same_endpoint_as_with_all_of_them(function: str, tmp_path: Path) -> None:
    path = tmp_path / "endpoints.json"
    path.write_bytes((BOTOCORE / "data/endpoints.json").read_bytes())
    prune_endpoints(path, SERVICES[function])
    assert path.stat().st_size < 100_000
    for service in SERVICES[function]:
        for region in REGIONS:
            assert endpoint(json.loads(path.read_text()), service, region) == endpoint(None, service, region)


def endpoint(endpoints: object, service: str, region: str) -> tuple[str, str]:
    """Where a client calls, and for which region it signs."""
    session = botocore.session.Session()
    if endpoints is not None:
        loader = session.get_component("data_loader")
        load = loader.load_data
        loader.load_data = lambda name: endpoints if name == "endpoints" else load(name)
    client = session.create_client(
        service, region_name=region, aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    return client.meta.endpoint_url, client.meta.region_name
