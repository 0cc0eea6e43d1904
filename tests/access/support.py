"""Access with everything around it in a test's hands: the table, the tokens and the clock."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cli.samples.openapi import openapi
from functions.access.handler import Handler
from functions.access.tokens import Tokens
from tests.support.json_schema import mistakes

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = "t" * 43
OLD, OTHER = "o" * 43, "a" * 43
NOW = 1_800_000_000
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
class Access:
    """The handler, and what a test may change or look at."""

    items: dict[tuple[str, str], Json] = field(default_factory=dict)
    references: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    secret: str = json.dumps({"shop": TOKEN, "app": [OTHER, OLD]})
    trouble: Exception | None = None
    now: float = NOW
    fetched: int = 0

    def __post_init__(self) -> None:
        self.handler = Handler(Tokens(self._fetch), self, lambda: DEFAULT, lambda: self.now, "Billhook/billhook")  # type: ignore[arg-type] # it is the table

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
        responses = DOCUMENT["paths"]["/access"]["get"]["responses"]
        content = responses[str(answer.status)].get("content", {})
        assert content.keys() <= {answer.headers.get("content-type")}
        for described in content.values():
            assert list(mistakes(answer.body, described["schema"], DOCUMENT)) == []
        return answer

    def ask(self, customer: str | None = None, token: str | None = TOKEN, **query: str) -> Answer:
        return self.ask_raw(http_event(customer, token, {}, **query))
