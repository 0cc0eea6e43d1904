"""Problem: the exception behind every answer other than 200, and its body in the form of RFC 9457."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Literal

type Reason = Literal[
    "unauthorized",
    "bad_request",
    "no_such_session",
    "no_stripe_key",
    "tokens_unavailable",
    "table_unavailable",
    "queue_unavailable",
    "stripe_unavailable",
    "bug",
]


class ProblemError(Exception):
    """A request that access does not answer.

    Attributes:
        status: HTTP status code of the answer.
        reason: The word in the log line, and at the end of the answer's `type`.
        detail: What is wrong, for the caller to read.
        cause: A detail for the log alone, such as an AWS error code; or None.
    """

    def __init__(self, status: int, reason: Reason, detail: str, cause: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.reason: Reason = reason
        self.detail = detail
        self.cause = cause

    def answer(self) -> dict[str, Any]:
        """API Gateway's answer."""
        body = {
            "type": f"urn:billhook:problem:{self.reason}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        headers = {"content-type": "application/problem+json", "cache-control": "no-store"}
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["www-authenticate"] = 'Bearer realm="access"'
        if self.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            headers["retry-after"] = "1"
        return {"statusCode": self.status, "headers": headers, "body": json.dumps(body)}
