"""The fields of a Stripe event that address its message, read without trust in the event's shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.messages.sqs_rules import is_identifier
from shared.messages.unqueueable import UnqueueableEventError

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPE = re.compile(r"[!-~]{1,256}")
NOTHING: Mapping[str, Any] = {}


class StripeEvent(NamedTuple):
    """The addressing fields of a snapshot event (`event`) or a thin event (`v2.core.event`).

    Shapes: https://docs.stripe.com/api/events/object and https://docs.stripe.com/api/v2/core/events/object.
    Any field but `id` and `type` is None if Stripe sends null or leaves it out.
    """

    id: str
    type: str
    account: str | None
    customer: str | None
    livemode: bool | None
    api_version: str | None
    request_id: str | None


def stripe_event(event: Mapping[str, Any]) -> StripeEvent:
    """The addressing fields of an event that was parsed from JSON.

    Raises:
        UnqueueableEventError: it is not a Stripe event.
    """
    if event.get("object") not in ("event", "v2.core.event"):
        raise not_an_event("its object is neither event nor v2.core.event")
    id_, type_ = event.get("id"), event.get("type")
    if not is_identifier(id_):
        raise not_an_event("its id is missing or malformed")
    if not (isinstance(type_, str) and TYPE.fullmatch(type_)):
        raise not_an_event("its type is missing or malformed")
    account = event.get("context" if event["object"] == "v2.core.event" else "account") or None
    if not (account is None or is_identifier(account)):
        # Without the account, the event would count as the platform's and mix up two businesses.
        raise not_an_event("its account is malformed")
    livemode = event.get("livemode")
    livemode = livemode if isinstance(livemode, bool) else None
    api_version = _identifier(event.get("api_version"))
    request_id = _within(event, "request").get("id") or _within(_within(event, "reason"), "request").get("id")
    return StripeEvent(id_, type_, account, _customer(event), livemode, api_version, _identifier(request_id))


def not_an_event(why: str) -> UnqueueableEventError:
    """The error for a body that is no Stripe event, with the reason `why`."""
    return UnqueueableEventError("not_an_event", f"It is not a Stripe event: {why}.")


def _customer(event: Mapping[str, Any]) -> str | None:
    subject = _within(_within(event, "data"), "object")
    if subject.get("object") == "customer":
        return _identifier(subject.get("id"))
    related = _within(event, "related_object")
    if related.get("type") == "customer":
        return _identifier(related.get("id"))
    customer = subject.get("customer")
    return _identifier(customer.get("id") if isinstance(customer, dict) else customer)  # expanded, or as an id


def _within(outer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = outer.get(name)
    return inner if isinstance(inner, dict) else NOTHING


def _identifier(value: object) -> str | None:
    return value if is_identifier(value) else None
