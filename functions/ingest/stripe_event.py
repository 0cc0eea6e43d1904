"""What ingest reads of a Stripe event: just enough to address a message."""

import json
import re
from dataclasses import dataclass
from typing import Any, Never

from functions.ingest.rejection import RejectedError
from functions.ingest.sqs_rules import MAX_BYTES, is_identifier

TYPE = re.compile(r"[!-~]{1,256}")


@dataclass(frozen=True, slots=True)
class StripeEvent:
    """The addressing part of a snapshot event (`event`) or a thin one (`v2.core.event`).

    Shapes: https://docs.stripe.com/api/events/object and https://docs.stripe.com/api/v2/core/events/object.
    Any field but `id` and `type` can be absent or null in what Stripe sends, and is then None.
    """

    id: str
    type: str
    account: str | None
    customer: str | None
    livemode: bool | None
    api_version: str | None
    request_id: str | None


def read_event(body: bytes) -> StripeEvent:
    """The event in a signed body.

    Of a name that is repeated within an object the last one counts, here as in the consumer.

    Raises:
        RejectedError: 400, the body is not a Stripe event; 413, it is larger than any message may be.
    """
    event = _parse(body)
    if event.get("object") not in ("event", "v2.core.event"):
        raise _not_an_event("its object is neither event nor v2.core.event")
    id_, type_ = event.get("id"), event.get("type")
    if not is_identifier(id_):
        raise _not_an_event("its id is missing or malformed")
    if not (isinstance(type_, str) and TYPE.fullmatch(type_)):
        raise _not_an_event("its type is missing or malformed")
    account = event.get("context" if event["object"] == "v2.core.event" else "account") or None
    if not (account is None or is_identifier(account)):
        # Taking it for the platform's own would mix up two businesses.
        raise _not_an_event("its account is malformed")
    livemode = event.get("livemode")
    return StripeEvent(
        id=id_,
        type=type_,
        account=account,
        customer=_customer(event),
        livemode=livemode if isinstance(livemode, bool) else None,
        api_version=_identifier(event.get("api_version")),
        request_id=_identifier(_get(event, "request", "id") or _get(event, "reason", "request", "id")),
    )


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


# Python's json reads NaN and Infinity, which other readers of the message would choke on.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _parse(body: bytes) -> dict[str, Any]:
    # Before the size, so that megabytes of `[` are called what they are; and the size before
    # parsing, which bounds what a body can cost: parsed JSON takes up to 30 times its size.
    if not body.lstrip().startswith(b"{"):
        raise _not_an_event("it is not a JSON object")
    if len(body) > MAX_BYTES:
        raise RejectedError(413, "too_large", f"The event is larger than the {MAX_BYTES} bytes of an SQS message.")
    try:
        event: dict[str, Any] = _DECODER.decode(body.decode())
    except (RecursionError, ValueError) as error:
        raise _not_an_event("it is not JSON in UTF-8") from error
    return event


def _customer(event: dict[str, Any]) -> str | None:
    if _get(event, "data", "object", "object") == "customer":
        return _identifier(_get(event, "data", "object", "id"))
    if _get(event, "related_object", "type") == "customer":
        return _identifier(_get(event, "related_object", "id"))
    customer = _get(event, "data", "object", "customer")
    return _identifier(_get(customer, "id") or customer)  # expanded, or as an id


def _get(value: Any, *path: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _identifier(value: object) -> str | None:
    return value if is_identifier(value) else None


def _not_an_event(why: str) -> RejectedError:
    return RejectedError(400, "not_an_event", f"The body is signed but is not a Stripe event: {why}.")
