"""Foresee: where the records lie that a decision on an event will ask for, so that one call can read them all.

A guess that its object allows: what it misses is read by itself, and what it names in vain costs one read unit.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from functions.consumer.message import Message
from shared.records.past import past_records_of, valid_id_of
from shared.stripe_objects.event import PLATFORM, payment_of
from shared.values import keys


def predict_keys(message: Message) -> set[keys.Place]:
    """The places of the records that `message` will ask for."""
    account, obj = message.account, message.object
    if valid_id_of(account) is None:
        return set()
    places = {(keys.partition(account, subject), sort_key) for subject, sort_key in _about(account, obj) if subject}
    # A connected account's own record tells whether it has left; any event of its own, that it is there.
    if account != PLATFORM:
        places.add((keys.partition(account, account), keys.ACCOUNT))
    return places


def _about(account: str, obj: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """Whose partition each record lies in, if the object names it, and as what."""
    own, customer = valid_id_of(obj), valid_id_of(obj.get("customer"))
    yield customer, keys.ORGANIZATION
    if customer:
        yield from ((customer, one.sort_key) for one in past_records_of(account, customer, obj))
    match obj.get("object"):
        case "customer":
            yield own, keys.ORGANIZATION
        case "payment_intent":
            yield own, keys.PAYMENT
        case "charge":
            yield valid_id_of(obj.get("payment_intent")) or own, keys.PAYMENT
        case "checkout.session" if obj.get("mode") == "payment" and own:
            yield customer or own, keys.order(own)
            yield valid_id_of(obj.get("payment_intent")), keys.PAYMENT
        case "payout" if own:
            yield account, keys.payout(own)
        case _:
            yield valid_id_of(payment_of(obj)), keys.PAYMENT
