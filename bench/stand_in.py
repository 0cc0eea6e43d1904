"""Start the stand-in for AWS, point a process at it, and read its counts of calls."""

import base64
import datetime as dt
import json
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class StandIn:
    """A running stand-in: its URL, and the certificate that its clients must trust."""

    url: str
    certificate: bytes

    def environment(self, package: Path, folder: Path) -> dict[str, str]:
        """The environment variables that point a process at the stand-in.

        The process trusts the roots of the botocore in `package` and the stand-in. So it reads as many roots on each
        new connection as on AWS.
        """
        bundle = folder / f"{package.name}-roots.pem"
        theirs = package / "botocore" / "cacert.pem"
        bundle.write_bytes((theirs.read_bytes() if theirs.exists() else b"") + b"\n" + self.certificate)
        return {"AWS_ENDPOINT_URL": self.url, "AWS_CA_BUNDLE": str(bundle)}

    def calls(self) -> dict[str, int]:
        """The number of calls of each operation since the start."""
        context = ssl.create_default_context(cadata=self.certificate.decode())
        with urllib.request.urlopen(f"{self.url}/calls", timeout=10, context=context) as answer:  # noqa: S310 - ours
            calls: dict[str, int] = json.load(answer)
        return calls


@contextmanager
def stand_in(folder: Path, items: Mapping[str, Any], delay: float = 0) -> Iterator[StandIn]:
    """A stand-in on a free port, for as long as the block lasts; it answers each call after `delay` seconds."""
    certificate, key = _certificate()
    both, listed = folder / "stand-in.pem", folder / "items.json"
    both.write_bytes(key + certificate)
    listed.write_text(json.dumps(items, default=_wire))
    command = [sys.executable, "-m", "bench.stub", "--certificate", str(both), "--items", str(listed)]
    with subprocess.Popen([*command, "--delay", str(delay)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            yield StandIn(f"https://localhost:{int(process.stdout.readline())}", certificate)
        finally:
            process.terminate()


def _wire(value: bytes) -> str:
    """Bytes in the form of DynamoDB's JSON."""
    return base64.b64encode(value).decode()


def _certificate() -> tuple[bytes, bytes]:
    """A self-signed certificate for `localhost` and its key: RSA of 2,048 bits, as AWS's endpoints have."""
    key = rsa.generate_private_key(65_537, 2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), private
