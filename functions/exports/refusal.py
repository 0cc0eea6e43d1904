"""The one exception of exports: every answer other than the redirect."""

from typing import Literal

type Reason = Literal["malformed_token", "no_file", "storage_unavailable", "bug"]


class RefusedError(Exception):
    """A request that is not redirected to a file, raised where the reason is known.

    Attributes:
        status: HTTP status code of the answer.
        reason: The word in the log line. The answer does not hold it: whoever guesses tokens learns only 404.
        cause: What the log adds, such as an AWS error code, or None. Never an exception's text: those of botocore
            hold the URL that was asked for, and with it the token.
    """

    def __init__(self, status: int, reason: Reason, cause: str | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.cause = cause
