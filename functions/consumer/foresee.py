"""Foresee: where the records lie that a decision on an event will ask for, so that one call can read them all.

A guess that its object allows: what it misses is read by itself, and what it names in vain costs one read unit.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from functions.consumer.message import Message
from shared import keys
from shared.event import PLATFORM, payment_of

LONGEST_ID = 255
"""Of Stripe's object ids: https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backwards-compatible."""


def foresee(message: Message) -> set[keys.Place]:
    """The places of the records that `message` will ask for."""
    account, obj = message.account, message.object
    if _id(account) is None:
        return set()
    places = {(keys.partition(account, subject), sort_key) for subject, sort_key in _about(account, obj) if subject}
    # A connected account's own record tells whether it has left; any event of its own, that it is there.
    if account != PLATFORM:
        places.add((keys.partition(account, account), keys.ACCOUNT))
    return places


def _about(account: str, obj: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """Whose partition each record lies in, if the object names it, and as what."""
    own, customer = _id(obj), _id(obj.get("customer"))
    yield customer, keys.ORGANIZATION
    match obj.get("object"):
        case "customer":
            yield own, keys.ORGANIZATION
        case "payment_intent":
            yield own, keys.PAYMENT
        case "charge":
            yield _id(obj.get("payment_intent")) or own, keys.PAYMENT
        case "checkout.session" if obj.get("mode") == "payment" and own:
            yield customer or own, keys.order(own)
            yield _id(obj.get("payment_intent")), keys.PAYMENT
        case "payout" if own:
            yield account, keys.payout(own)
        case _:
            yield _id(payment_of(obj)), keys.PAYMENT


def _id(value: object) -> str | None:
    """An id, whether Stripe sent it or the whole object; None if it is none, which deciding will complain about."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_ID else None
