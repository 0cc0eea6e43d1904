"""Ingest with everything around it faked: the clock, the secret and the queue."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.ingest.handler import Handler
from functions.ingest.rejection import RejectedError
from functions.ingest.settings import Settings
from functions.ingest.signing_secrets import SigningSecrets
from shared.messages.mac import verify
from shared.runtime.message_keys import MessageKeys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef

    from shared.messages.envelope import GroupBy

NOW = 1_790_000_000
DIRECT = "whsec_direct"
CONNECT = "whsec_connect"
MESSAGE_KEY = "the-key-of-messages-in-tests-only"

PAYMENT_FAILED: dict[str, Any] = {
    "id": "evt_1PaymentFailed",
    "object": "event",
    "api_version": "2025-03-31.basil",
    "created": NOW - 2,
    "data": {"object": {"id": "in_1", "object": "invoice", "customer": "cus_1", "customer_email": "ann@example.com"}},
    "livemode": False,
    "pending_webhooks": 1,
    "request": {"id": "req_1", "idempotency_key": None},
    "type": "invoice.payment_failed",
}

THIN: dict[str, Any] = {
    "id": "evt_thin_1",
    "object": "v2.core.event",
    "type": "v1.customer.created",
    "context": "acct_1",
    "created": "2026-10-01T12:00:00.000Z",
    "livemode": True,
    "reason": {"type": "request", "request": {"id": "req_2", "idempotency_key": "k"}},
    "related_object": {"id": "cus_2", "type": "customer", "url": "/v1/customers/cus_2"},
}


def to_bytes(event: object) -> bytes:
    """JSON laid out as Stripe lays it out."""
    return json.dumps(event, indent=2, ensure_ascii=False).encode()


def signature(body: bytes, secret: str = DIRECT, at: int = NOW) -> str:
    """One v1 signature as Stripe's documentation describes it, in hexadecimal."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def sign(body: bytes, *secrets: str, at: int = NOW) -> str:
    """The header that Stripe would send: one v1 for each secret (several while a secret is being rolled)."""
    return ",".join([f"t={at}", *(f"v1={signature(body, secret, at)}" for secret in secrets or (DIRECT,))])


def http_event(body: bytes, header: str | None, endpoint: str | None = None) -> dict[str, Any]:
    """What API Gateway hands over, in payload format 2.0; always base64, which holds any bytes."""
    return {
        "version": "2.0",
        "headers": {"content-type": "application/json"} | ({} if header is None else {"stripe-signature": header}),
        "pathParameters": None if endpoint is None else {"endpoint": endpoint},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def reason(self) -> str | None:
        return self.body.get("reason")


@dataclass
class Ingest:
    """The handler, and what a test may change or look at."""

    secret: str = json.dumps({"direct": DIRECT, "connect": CONNECT})
    message_key: str = MESSAGE_KEY
    secret_can_be_fetched: bool = True
    queue_accepts: bool = True
    group_by: GroupBy = "account"
    now: float = NOW
    fetches: int = 0
    sent: list[SendMessageRequestTypeDef] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = Settings(
            "https://queue.example/events.fifo",
            "signing-secrets",
            "message-key",
            self.group_by,
            "eu-central-1",
            "Billhook/billhook",
        )
        self.handler = Handler(
            settings,
            SigningSecrets(self._fetch),
            MessageKeys(lambda: self.message_key),
            self._send,
            self._admit,
            lambda: self.now,
        )

    def _fetch(self) -> str:
        self.fetches += 1
        if not self.secret_can_be_fetched:
            raise RejectedError(503, "secrets_unavailable", "Try again later.", "GetSecretValue: ThrottlingException")
        return self.secret

    def _admit(self, account: str, now: float) -> None:
        """Admits everything."""

    def _send(self, message: SendMessageRequestTypeDef) -> None:
        if not self.queue_accepts:
            raise RejectedError(503, "queue_unavailable", "Send it again.", "SendMessage: ServiceUnavailable")
        self.sent.append(message)

    def post_raw(self, event: Mapping[str, Any]) -> Answer:
        answer = self.handler(event, None)
        assert answer["headers"] == {"content-type": "application/json"}
        return Answer(answer["statusCode"], json.loads(answer["body"]))

    def post(self, body: bytes, header: str | None = None, endpoint: str | None = None) -> Answer:
        """Posts the body, signed for `direct` at this moment unless a header is given."""
        return self.post_raw(http_event(body, sign(body, at=int(self.now)) if header is None else header, endpoint))

    def post_signed_by(self, secret: str, endpoint: str | None = None) -> Answer:
        body = to_bytes(PAYMENT_FAILED)
        return self.post(body, sign(body, secret, at=int(self.now)), endpoint)

    def attributes(self) -> dict[str, str]:
        """The attributes of the only message sent, but for its MAC, which must be right."""
        (message,) = self.sent
        values = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
        assert verify([MESSAGE_KEY.encode()], message["MessageBody"], values) == "signed"
        return {name: value for name, value in values.items() if name != "mac"}
