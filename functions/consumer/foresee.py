"""Foresee: where the records lie that a decision on an event will ask for, so that one call can read them all.

A guess that its object allows: what it misses is read by itself, and what it names in vain costs one read unit.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from functions.consumer.message import Message
from shared import keys
from shared.event import PLATFORM

type Place = tuple[str, str]
"""A partition and a sort key of the books."""

LONGEST_ID = 255
"""Of Stripe's object ids: https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backwards-compatible."""


def foresee(message: Message, *, mail_connected: bool) -> set[Place]:
    """The places of the records that `message` will ask for; `mail_connected` is the policy's."""
    account, obj = message.account, message.object
    if _id(account) is None:
        return set()
    places = {(keys.partition(account, subject), sort_key) for subject, sort_key in _about(obj) if subject}
    if obj.get("object") == "payout" and (payout := _id(obj)):
        places.add((keys.partition(account, account), keys.payout(payout)))
    # Whether a connected account's customers and its holder may be mailed, its own record tells.
    if account != PLATFORM and (mail_connected or obj.get("object") in {"account", "application", "payout"}):
        places.add((keys.partition(account, account), keys.ACCOUNT))
    return places


def _about(obj: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """Whose partition each record lies in, if the object names it, and as what."""
    customer, payment = _id(obj.get("customer")), _id(obj.get("payment_intent"))
    yield customer, keys.ORGANIZATION
    match obj.get("object"):
        case "customer":
            yield _id(obj), keys.ORGANIZATION
        case "payment_intent":
            yield _id(obj), keys.PAYMENT
        case "charge":
            yield payment or _id(obj), keys.PAYMENT
        case "dispute" | "refund":
            yield payment or _id(obj.get("charge")), keys.PAYMENT
        case "invoice_payment":
            paid_by = obj.get("payment")
            yield _id(paid_by.get("payment_intent")) if isinstance(paid_by, Mapping) else None, keys.PAYMENT
        case "checkout.session" if obj.get("mode") == "payment":
            session = _id(obj)
            yield customer or session, keys.order(session or "")
            yield payment, keys.PAYMENT


def _id(value: object) -> str | None:
    """An id, whether Stripe sent it or the whole object; None if it is none, which deciding will complain about."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_ID else None
