"""One deployment for all the tests of this folder; each test works in its own Stripe account."""

import platform
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.local.stack import Stack, deployed

ARCHITECTURE = platform.machine().replace("aarch64", "arm64")
BUILT = Path(__file__).parents[2] / ".aws-sam" / ARCHITECTURE / "template.yaml"
SECRET = "whsec_for_the_tests"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    assert BUILT.is_file(), f"nothing is built for this machine: make build ARCH={ARCHITECTURE}"
    with deployed(BUILT, ARCHITECTURE, SECRET, MailConnectedCustomers="true") as stack:
        yield stack


@pytest.fixture
def account() -> str:
    return f"acct_{secrets.token_hex(8)}"
