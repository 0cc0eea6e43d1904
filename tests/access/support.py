"""Access with everything around it in a test's hands: the table, the tokens and the clock."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cli.samples.openapi import openapi
from functions.access.checkout import Checkout
from functions.access.handler import CHECKOUT, REFRESH, Handler
from functions.access.tokens import Tokens
from tests.support.json_schema import mistakes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.messages.session_refresh import SessionRefresh

TOKEN = "t" * 43
OLD, OTHER = "o" * 43, "a" * 43
NOW = 1_800_000_000
SESSION = "cs_test_1"
LONGEST_WAIT = 10
DEFAULT: dict[str, Any] = {"plan": "free", "features": ["exports"], "limits": {"projects": 1}}
DOCUMENT = openapi()

type Json = dict[str, Any]


def http_event(
    customer: str | None = None, token: str | None = TOKEN, headers: Mapping[str, str] = {}, **query: str
) -> Json:
    """What API Gateway hands over, in payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "GET /access/{customer}" if customer is not None else "GET /access",
        "rawPath": "/access",
        "rawQueryString": urlencode(query),
        "headers": {**({"authorization": f"Bearer {token}"} if token else {}), **headers},
        **({"pathParameters": {"customer": customer}} if customer is not None else {}),
        "isBase64Encoded": False,
    }


def checkout_event(
    session: str, token: str | None = TOKEN, method: str = "GET", headers: Mapping[str, str] = {}, **query: str
) -> Json:
    """What API Gateway hands over for a question about a Checkout session; POST asks for a look at Stripe."""
    route = REFRESH if method == "POST" else CHECKOUT
    return http_event(None, token, headers, **query) | {"routeKey": route, "pathParameters": {"session_id": session}}


def session_item(**more: Any) -> Json:  # noqa: ANN401 - any attribute
    """The item of a session in which somebody bought the subscription of `item`, as the commit writes it."""
    return {
        "pk": f"session#platform#{SESSION}",
        "sk": "session",
        "saved_ms": 1,
        "expires_at": NOW + 100,
        "schema_version": 1,
        "account": "platform",
        "session": SESSION,
        "mode": "subscription",
        "outcome": "completed",
        "customer": "cus_1",
        "reference": "org_1",
        "subscription": "sub_1",
    } | more


def item(customer: str = "cus_1", **more: Any) -> Json:  # noqa: ANN401 - any attribute
    """The item of a customer with the plan `studio`, as the commit writes it."""
    return {
        "pk": f"platform#{customer}",
        "sk": "access",
        "saved_ms": 1,
        "schema_version": 1,
        "account": "platform",
        "customer": customer,
        "reference": "org_1",
        "status": "active",
        "access": True,
        "plan": "studio",
        "features": ["exports", "sso"],
        "limits": {"seats": 5},
        "past_due": False,
        "subscriptions": [{"id": "sub_1", "status": "active", "access": True, "prices": ["p"], "metadata": {}}],
        "version": 3,
        "changed_at": NOW - 100,
        "policy": "abc",
    } | more


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Json:
        found: Json = json.loads(self.text)
        return found


@dataclass
class Refreshes:
    """The queue of the worker that looks at Stripe."""

    asked: list[SessionRefresh]

    def ask(self, refresh: SessionRefresh) -> None:
        self.asked.append(refresh)


@dataclass
class Access:
    """The handler, and what a test may change or look at."""

    items: dict[tuple[str, str], Json] = field(default_factory=dict)
    sessions: dict[tuple[str, str], Json] = field(default_factory=dict)
    meanwhile: Callable[[], None] = lambda: None
    """What others do while the handler sleeps."""
    slept: list[float] = field(default_factory=list)
    reads: int = 0
    last_refresh: Json | None = None
    """The last refresh at a session of Stripe's."""
    asked: list[SessionRefresh] = field(default_factory=list)
    references: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    secret: str = json.dumps({"shop": TOKEN, "app": [OTHER, OLD]})
    trouble: Exception | None = None
    now: float = NOW
    fetched: int = 0

    def __post_init__(self) -> None:
        table: Any = self
        checkout = Checkout(table, lambda: self.now, self._sleep, LONGEST_WAIT, Refreshes(self.asked))  # type: ignore[arg-type] # it only asks
        self.handler = Handler(
            Tokens(self._fetch), table, checkout, lambda: DEFAULT, lambda: self.now, "Billhook/billhook"
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        self.meanwhile()

    def _fetch(self) -> str:
        self.fetched += 1
        return self.secret

    def customers_of(self, account: str, reference: str) -> list[str]:
        if self.trouble:
            raise self.trouble
        return self.references.get((account, reference), [])

    def item_of(self, account: str, customer: str) -> Json | None:
        if self.trouble:
            raise self.trouble
        return self.items.get((account, customer))

    def session_of(self, account: str, session: str) -> Json | None:
        self.reads += 1
        if self.trouble:
            raise self.trouble
        return self.sessions.get((account, session))

    def refresh_of(self, _account: str, _session: str) -> Json | None:
        if self.trouble:
            raise self.trouble
        return self.last_refresh

    def told(self, **more: Any) -> None:  # noqa: ANN401 - any attribute
        """Put the item of a session into the table."""
        one = session_item(**more)
        self.sessions[one["account"], one["session"]] = one

    def holds(self, *items: Json) -> None:
        """Put items into the table."""
        for one in items:
            self.items[one["account"], one["customer"]] = one
            if one.get("reference"):
                self.references.setdefault((one["account"], one["reference"]), []).append(one["customer"])

    def ask_raw(self, event: Mapping[str, Any]) -> Answer:
        """The answer, which is as the OpenAPI document says."""
        came = self.handler(event, None)
        answer = Answer(came["statusCode"], came["headers"], came["body"])
        method, _, path = str(event.get("routeKey", "GET /access")).partition(" ")
        responses = DOCUMENT["paths"][path][method.lower()]["responses"]
        content = responses[str(answer.status)].get("content", {})
        assert content.keys() <= {answer.headers.get("content-type")}
        for described in content.values():
            assert list(mistakes(answer.body, described["schema"], DOCUMENT)) == []
        return answer

    def ask(self, customer: str | None = None, token: str | None = TOKEN, **query: str) -> Answer:
        return self.ask_raw(http_event(customer, token, {}, **query))

    def came_of(self, session: str = SESSION, token: str | None = TOKEN, **query: str) -> Answer:
        """The answer to a question about a Checkout session."""
        return self.ask_raw(checkout_event(session, token, "GET", {}, **query))

    def refresh(self, session: str = SESSION, token: str | None = TOKEN, **query: str) -> Answer:
        """The answer to a request for a look at Stripe."""
        return self.ask_raw(checkout_event(session, token, "POST", {}, **query))
