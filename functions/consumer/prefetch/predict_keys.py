"""Predict which records a decision on an event will read, so that one call reads them all.

The event's object names them. A record that is missing here costs a read of its own, a needless key one read unit.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from functions.consumer.message import Message
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import past_ids, valid_id_of
from shared.records.payment import Payment
from shared.records.stored_record import Record
from shared.stripe_objects.event import payment_of
from shared.values import keys
from shared.values.platform import PLATFORM


def predict_keys(message: Message) -> set[keys.Key]:
    """The partition and sort key of each record that a decision on `message` will probably read."""
    account = message.account
    if valid_id_of(account) is None:
        return set()
    places = {record.key for record in _records(account, message.object)}
    # A connected account's own record says whether the account has left, and each of its events that it is there.
    return places if account == PLATFORM else places | {ConnectedAccount.empty(account).key}


def _records(account: str, obj: Mapping[str, Any]) -> Iterator[Record]:
    """The records that a Stripe object names, each empty."""
    own, customer = valid_id_of(obj), valid_id_of(obj.get("customer"))
    payment = valid_id_of(payment_of(obj))
    match obj.get("object"):
        case "customer":
            customer = customer or own
        case "payment_intent":
            payment = own
        case "charge":
            payment = valid_id_of(obj.get("payment_intent")) or own
        case "checkout.session" if obj.get("mode") == "payment" and own:
            payment = valid_id_of(obj.get("payment_intent"))
            yield Order.empty(account, customer or own, own)
        case "order_lines" if own:
            yield Order.empty(account, customer or own, own)
        case "payout" if own:
            yield PayoutRecord.empty(account, own)
    if payment:
        yield Payment.empty(account, payment)
    if customer:
        yield Organization.empty(account, customer)
        yield from (kind.empty(account, customer, about) for kind, about in past_ids(obj))
