"""Exports with everything around it faked: the clock and S3."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.exports.handler import Handler
from functions.exports.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping


def token_of(name: str) -> str:
    """A token of the form that the consumer writes."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode().rstrip("=")


TOKEN = token_of("a customer's")
KEY = f"exports/{hashlib.sha256(TOKEN.encode()).hexdigest()}.json"
URL = f"https://exports.example/{KEY}?X-Amz-Signature=0"


def http_event(token: str) -> dict[str, Any]:
    """What API Gateway hands over, in payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "GET /exports/{token}",
        "rawPath": f"/exports/{token}",
        "headers": {"accept": "text/html"},
        "pathParameters": {"token": token},
        "isBase64Encoded": False,
    }


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Exports:
    """The handler, and what a test may change or look at."""

    refusal: Exception | None = None
    now: float = 0
    asked_for: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.handler = Handler(self._presign, lambda: self.now, "Billhook/billhook")

    def _presign(self, key: str) -> str:
        self.asked_for.append(key)
        self.now += 0.25
        if self.refusal:
            raise self.refusal
        return URL

    def get_raw(self, event: Mapping[str, Any]) -> Answer:
        answer = self.handler(event, None)
        return Answer(answer["statusCode"], answer["headers"], answer["body"])

    def get(self, token: str = TOKEN) -> Answer:
        return self.get_raw(http_event(token))


# What may stand between a visitor and the file, by the answer that it causes.
OBSTACLES = {
    404: RefusedError(404, "no_file", "HeadObject: 404"),
    503: RefusedError(503, "storage_unavailable", "HeadObject: EndpointConnectionError"),
    500: KeyError(KEY),
}
