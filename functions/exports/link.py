"""What a link leads to: the key of an export, read from the event that API Gateway hands to Lambda."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from functions.exports.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits in URL-safe base64, which is what makes a link unguessable


def key_of(event: Mapping[str, Any]) -> str:
    """The key in the bucket that an HTTP API event of payload format 2.0 asks for.

    The format: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.

    Raises:
        RefusedError: 404, no export has such a token.
    """
    token = (event.get("pathParameters") or {}).get("token") or ""
    if not _TOKEN.fullmatch(token):
        raise RefusedError(404, "malformed_token")
    # Under a hash: what names the file, a log of the bucket or a browser's history, must not give the link away.
    return f"exports/{hashlib.sha256(token.encode()).hexdigest()}.json"
