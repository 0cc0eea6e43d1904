"""The HTTP request, read from the event that API Gateway hands to Lambda."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Any, NamedTuple

from functions.ingest.rejection import RejectedError
from shared.messages.sqs_rules import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BASE64 = 4 * -(-MAX_BYTES // 3)  # how many characters of base64 spell MAX_BYTES


class Request(NamedTuple):
    """A request to the webhook URL.

    Attributes:
        body: The raw bytes, which Stripe signs.
        signature: The value of the Stripe-Signature header; empty if there was none.
        endpoint: The endpoint that the URL names, or None for the URL that serves all of them.
    """

    body: bytes
    signature: str
    endpoint: str | None


def read_request(event: Mapping[str, Any]) -> Request:
    """The request in an HTTP API event of payload format 2.0, or of format 1.0, as a load balancer sends it.

    The formats: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.
    A load balancer can be set to send `multiValueHeaders` alone:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html

    Raises:
        RejectedError: 400, the body cannot be turned back into the bytes that were sent; 413, the body is larger than
            any message may be. Anybody may post here, so no such body is decoded, hashed or parsed.
    """
    # API Gateway lower-cases header names; `sam local` and hand-written test events do not. Format 2.0 joins the values
    # of a repeated header by commas, and so does this code.
    several = {name: ",".join(values or ()) for name, values in (event.get("multiValueHeaders") or {}).items()}
    headers = {name.lower(): value for name, value in several.items()}
    headers |= {name.lower(): value for name, value in (event.get("headers") or {}).items() if value}
    return Request(
        body=_body(event),
        signature=headers.get("stripe-signature") or "",
        endpoint=(event.get("pathParameters") or {}).get("endpoint"),
    )


def _body(event: Mapping[str, Any]) -> bytes:
    body, encoded = str(event.get("body") or ""), event.get("isBase64Encoded")
    if len(body) > (MAX_BASE64 if encoded else MAX_BYTES):
        raise _too_large()
    try:
        decoded = binascii.a2b_base64(body, strict_mode=True) if encoded else body.encode()
    except ValueError as error:  # binascii.Error and UnicodeEncodeError are ValueErrors
        raise RejectedError(400, "malformed_request", "The request body cannot be decoded.") from error
    if len(decoded) > MAX_BYTES:
        raise _too_large()
    return decoded


def _too_large() -> RejectedError:
    return RejectedError(413, "too_large", f"The event is larger than the {MAX_BYTES} bytes of an SQS message.")
