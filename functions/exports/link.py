"""The link: finds the key of an export from the event that API Gateway hands to Lambda."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from functions.exports.refusal import RefusedError
from shared.values.export_files import file_key

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits in URL-safe base64: nobody can guess one


def key_of(event: Mapping[str, Any]) -> str:
    """The key in the bucket that an HTTP API event of payload format 2.0 asks for.

    The format: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.

    Raises:
        RefusedError: 404, the token is malformed, so no export has it.
    """
    token = (event.get("pathParameters") or {}).get("token") or ""
    if not _TOKEN.fullmatch(token):
        raise RefusedError(404, "malformed_token")
    return file_key(token)
