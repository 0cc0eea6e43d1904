"""`billhook endpoint` against Stripe's API on loopback and Secrets Manager on moto."""

from collections.abc import Callable, Iterator
from functools import partial

import boto3
import pytest
import stripe
from moto import mock_aws
from stripe import StripeClient

from cli.operate import endpoint
from tests.cli.endpoint.endpoint_command import EndpointCommand
from tests.cli.stripe_api import KEY, StripeApi, served
from tests.consumer.tables import make_table


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Callable[[StripeApi], None]]]:
    """One server for the module; each test gives it a new account."""
    behind = StripeApi()
    with served(behind) as url:
        yield url, lambda account: setattr(behind, "answer", account.answer)


@pytest.fixture
def command(
    server: tuple[str, Callable[[StripeApi], None]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[EndpointCommand]:
    url, serve = server
    api = StripeApi()
    serve(api)
    http = stripe.RequestsClient()
    client = partial(StripeClient, base_addresses={"api": url}, http_client=http)
    monkeypatch.setattr(endpoint, "StripeClient", client)
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        make_table(boto3.client("dynamodb"), "BooksTable", "acme-books")
        yield EndpointCommand(api, boto3.client("secretsmanager"), monkeypatch)
    http.close()  # type: ignore[no-untyped-call] # the SDK's
