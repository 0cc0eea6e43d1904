"""The event in a request's body: parsed, and read as far as the addressing of its message needs."""

import json
from typing import Any, Never

from functions.ingest.message import rejected
from shared.messages.addressing import StripeEvent, not_an_event, stripe_event
from shared.messages.unqueueable import UnqueueableEventError

WHITE_SPACE = b" \t\n\r"  # JSON allows these around an object


def parse_event(body: bytes) -> StripeEvent:
    """The event in a signed body.

    If an object repeats a name, the last value counts, here and in the consumer.

    Raises:
        RejectedError: 400, the body is not a Stripe event.
    """
    try:
        return stripe_event(_parse(body))
    except UnqueueableEventError as unfit:
        raise rejected(unfit) from unfit


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


# Python's json reads NaN and Infinity, which are not JSON and which other readers of the message refuse.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _parse(body: bytes) -> dict[str, Any]:
    # `read_request` has limited the size: parsed JSON takes up to 30 times the memory of its text.
    document = body.strip(WHITE_SPACE)
    if not document.startswith(b"{"):
        raise not_an_event("it is not a JSON object")
    try:
        text = document.decode()
        event: dict[str, Any]
        event, end = _DECODER.raw_decode(text)  # `decode` would search for white space twice more
    except (RecursionError, ValueError) as error:
        raise not_an_event("it is not JSON in UTF-8") from error
    if end < len(text):
        raise not_an_event("something follows the JSON object")
    return event
