"""Refusal: the exception behind every answer other than the redirect."""

from typing import Literal

type Reason = Literal["malformed_token", "no_file", "expired", "storage_unavailable", "bug"]


class RefusedError(Exception):
    """A request that exports does not redirect to a file.

    Attributes:
        status: HTTP status code of the answer.
        reason: The word in the log line. The answer does not hold it, so that guessing tokens teaches nothing.
        cause: A detail for the log, such as an AWS error code; or None. It is never an exception's text: botocore's
            errors quote the URL, and with it the token.
    """

    def __init__(self, status: int, reason: Reason, cause: str | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.cause = cause
