"""Stripe's API on loopback, and the secret and the queue that the observer works with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
import stripe

from functions.effects.perform.observer import Observer
from shared.effects.observe import Observe
from tests.consumer.examples import KEYS, NOW
from tests.support.stripe_http import StripeHandler, serving

ANN = {"id": "cus_1", "object": "customer", "email": "ann@example.com", "name": "Ann"}


def asking(account: str = "acct_1", object_: str = "customer") -> Observe:
    """Event `evt_1` asks for the customer, or for the account itself."""
    about = "cus_1" if object_ == "customer" else account
    return Observe.model_validate({"object": object_, "account": account, "id": about, "event": "evt_1"})


@dataclass
class Stripe:
    """Answers every request with one status and body, and remembers what was asked, of whom and with which key."""

    status: int = 200
    body: dict[str, Any] = field(default_factory=lambda: dict(ANN))
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stripe]:
    answers = Stripe()

    class Answers(StripeHandler):
        def _answer(self) -> None:
            answers.asked.append((self.path, self.headers.get("Stripe-Account"), self.headers.get("Authorization")))
            self.respond(answers.status, json.dumps(answers.body))

        do_GET = _answer  # noqa: N815 - http.server's name

    with serving(Answers) as url:
        monkeypatch.setattr(stripe, "StripeClient", partial(stripe.StripeClient, base_addresses={"api": url}))
        yield answers


@dataclass
class Around:
    """The secret, and the FIFO queue."""

    key: str = " rk_test_1\n"
    fetched: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    def get_secret_value(self, **_: str) -> dict[str, str]:
        self.fetched += 1
        return {"SecretString": self.key}

    def send_message(self, **kwargs: object) -> None:
        self.sent.append(kwargs)

    def observer(self, *, by_customer: bool = False, livemode: bool | None = None) -> Observer:
        return Observer(self, "stripe-api-key", self, "url of the line", KEYS, by_customer, livemode, lambda: NOW + 0.7)  # type: ignore[arg-type] # they do as clients


@pytest.fixture
def around() -> Around:
    return Around()
