"""A package leaves out only the parts of botocore that its function never uses."""

import json
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config

from infra.package import ROOTS, SERVICES, prune_endpoints, prune_roots

BOTOCORE = Path(botocore.__file__).parent
REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-7", "us-gov-west-1", "cn-north-1", "us-iso-east-1")
CALLS: dict[str, tuple[str, dict[str, object]]] = {
    "dynamodb": ("list_tables", {}),
    "events": ("put_events", {"Entries": [{"Source": "billhook"}]}),
    "s3": ("put_object", {"Bucket": "exports", "Key": "a/b", "Body": b""}),
    "scheduler": ("get_schedule", {"Name": "due_1"}),
    "secretsmanager": ("get_secret_value", {"SecretId": "token-key"}),
    "sesv2": ("get_account", {}),
    "sqs": ("send_message", {"QueueUrl": "https://sqs.example/1/events.fifo", "MessageBody": "{}"}),
}


class SentError(Exception):
    """It would be under way now."""


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


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("function", SERVICES)
def test_every_call_goes_where_it_would_with_all_of_botocore(function: str, region: str, tmp_path: Path) -> None:
    endpoints = tmp_path / "endpoints.json"
    endpoints.write_bytes((BOTOCORE / "data/endpoints.json").read_bytes())
    prune_endpoints(endpoints, SERVICES[function])
    assert endpoints.stat().st_size < 100_000
    for service in sorted(SERVICES[function]):
        whole, pruned = botocore.session.Session(), pruned_session(json.loads(endpoints.read_text()))
        assert called(pruned, service, region) == called(whole, service, region)


def pruned_session(endpoints: object) -> botocore.session.Session:
    """A session that finds these endpoints and no others."""
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    load = loader.load_data
    loader.load_data = lambda name: endpoints if name == "endpoints" else load(name)
    return session


def called(session: botocore.session.Session, service: str, region: str) -> tuple[str, str]:
    """The URL of a call as it is sent, and the region and the service that it is signed for."""
    made = client(session, service, region)
    seen: list[tuple[str, str]] = []

    def note(request: AWSPreparedRequest, **_: object) -> None:
        scope = str(request.headers["Authorization"]).partition("Credential=")[2].partition(",")[0]
        seen.append((request.url, "/".join(scope.split("/")[2:])))
        raise SentError

    made.meta.events.register("before-send", note)
    operation, parameters = CALLS[service]
    with suppress(SentError):
        getattr(made, operation)(**parameters)
    return seen[0]


def client(session: botocore.session.Session, service: str, region: str) -> Any:  # noqa: ANN401 - of whichever service
    config = Config(signature_version="s3v4") if service == "s3" else Config()
    return session.create_client(
        service, region_name=region, config=config, aws_access_key_id="testing", aws_secret_access_key="testing"
    )
