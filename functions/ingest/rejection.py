"""Rejection: the exception behind every answer to Stripe other than 200."""

from typing import Literal

type Reason = Literal[
    "malformed_request",
    "missing_signature",
    "malformed_signature",
    "wrong_signature",
    "stale_signature",
    "unknown_endpoint",
    "no_secret",
    "secret_unreadable",
    "secrets_unavailable",
    "not_an_event",
    "own_type",
    "too_large",
    "no_message_key",
    "queue_unavailable",
    "over_fair_share",
]


class RejectedError(Exception):
    """A request that ingest does not accept.

    Attributes:
        status: HTTP status code of the answer. Stripe sends again after anything but 2xx
            (https://docs.stripe.com/webhooks#retries), so no status loses the event.
        reason: The word in the answer, the log line and the metric's dimension. The set is small and fixed, because
            CloudWatch bills every value of a dimension as a separate metric.
        cause: A detail for the log alone, such as an AWS error code; or None.
        retry_after: After how many seconds to send again; or None.
    """

    def __init__(
        self, status: int, reason: Reason, message: str, cause: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.cause = cause
        self.retry_after = retry_after
