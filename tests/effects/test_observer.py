"""Stripe is asked for an address that no event has told, if there is a key; its failures are waited out or borne."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import boto3
import pytest
import stripe
from functions.effects.stripe_api import PATIENCE, _ask, contact_asker
from moto import mock_aws

from shared.errors import Retryable
from shared.event import PLATFORM
from shared.stripe_objects import Contact
from tests.consumer.tables import property_of

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient


class Answers(BaseHTTPRequestHandler):
    """Answers every request with one status and body, and remembers what was asked."""

    status = 200
    body: ClassVar[dict[str, Any]] = {}
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Stripe-Account")))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(json.dumps(self.body).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def api() -> Iterator[tuple[stripe.StripeClient, type[Answers]]]:
    answers = type("TheseAnswers", (Answers,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        yield stripe.StripeClient("sk_test_1", base_addresses={"api": url}, max_network_retries=0), answers
        server.shutdown()


def test_a_customers_address_is_asked_for_in_its_account(api: tuple[stripe.StripeClient, type[Answers]]) -> None:
    client, answers = api
    answers.body = {"id": "cus_1", "object": "customer", "email": "ann@example.com", "name": "Ann"}

    assert _ask(client, "acct_1", "cus_1") == Contact(email="ann@example.com", name="Ann")
    assert _ask(client, PLATFORM, "cus_1") is not None
    assert answers.asked == [("/v1/customers/cus_1", "acct_1"), ("/v1/customers/cus_1", None)]


def test_an_accounts_own_address_is_asked_of_the_platform(api: tuple[stripe.StripeClient, type[Answers]]) -> None:
    client, answers = api
    answers.body = {"id": "acct_1", "object": "account", "email": "june@example.com"}

    assert _ask(client, "acct_1", "acct_1") == Contact(email="june@example.com")
    assert answers.asked == [("/v1/accounts/acct_1", None)]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_stripe_in_trouble_is_tried_again_later(api: tuple[stripe.StripeClient, type[Answers]], status: int) -> None:
    client, answers = api
    answers.status, answers.body = status, {"error": {"message": "try later"}}

    with pytest.raises(Retryable):
        _ask(client, PLATFORM, "cus_1")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_stripe_refuses_to_tell_stops_nothing(api: tuple[stripe.StripeClient, type[Answers]], status: int) -> None:
    client, answers = api
    answers.status, answers.body = status, {"error": {"message": "no"}}

    assert _ask(client, PLATFORM, "cus_1") is None


def test_a_stripe_that_does_not_answer_is_tried_again_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        hasty = stripe.RequestsClient(timeout=0.05)
        client = stripe.StripeClient("sk_test_1", base_addresses={"api": url}, max_network_retries=0, http_client=hasty)
        with pytest.raises(Retryable, match="APIConnectionError"):
            _ask(client, PLATFORM, "cus_1")


def test_waiting_for_stripe_and_its_one_retry_fit_in_the_time_that_the_function_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timeouts: list[object] = []

    class Noting(stripe.RequestsClient):
        def __init__(self, timeout: tuple[float, float]) -> None:
            super().__init__(timeout=timeout)
            timeouts.append(timeout)

        def request_with_retries(self, *_: object, **__: object) -> None:  # type: ignore[override] # it never returns
            raise stripe.APIConnectionError("nobody is asked in a test")  # type: ignore[no-untyped-call] # as stripe has it

    monkeypatch.setattr(stripe, "RequestsClient", Noting)
    with mock_aws():
        manager: SecretsManagerClient = boto3.client("secretsmanager", region_name="us-east-1")
        manager.create_secret(Name="stripe-api-key", SecretString="sk_test_1")
        with pytest.raises(Retryable):
            contact_asker(manager, "stripe-api-key")(PLATFORM, "cus_1")
    assert timeouts == [PATIENCE]
    assert 2 * sum(PATIENCE) < property_of("ConsumerFunction", "Timeout")


def test_without_a_key_nothing_is_asked() -> None:
    with mock_aws():
        manager: SecretsManagerClient = boto3.client("secretsmanager", region_name="us-east-1")
        manager.create_secret(Name="stripe-api-key", SecretString="none")

        assert contact_asker(manager, "stripe-api-key")(PLATFORM, "cus_1") is None
