"""The code of an AWS error, for a log line: never its message, which may quote a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError


def code_of(error: BotoCoreError | ClientError) -> str:
    """AWS's error code, or the name of the SDK's error if AWS did not answer."""
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
