"""`billhook reconcile` against Stripe's API on loopback, and a stack on moto."""

import time
from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.cli.reconcile.reconcile_command import ReconcileCommand
from tests.support.stripe_lists import KEY, StripeLists, served


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReconcileCommand]:
    stripe = StripeLists(lambda: int(time.time()))
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws(), served(stripe) as url:
        monkeypatch.setenv("STRIPE_API_BASE", url)
        yield ReconcileCommand(stripe, monkeypatch)
