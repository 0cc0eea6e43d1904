"""What leads to a record that lies apart: from a customer to a payment, from a connected account to all of its own."""

from collections.abc import Iterable

from shared.decisions.decision import StoredRecord
from shared.records.index import AccountIndex, PaymentIndex
from shared.records.payment import Payment
from shared.stripe_objects.event import PLATFORM
from shared.values import keys


def pointers(changes: Iterable[tuple[StoredRecord, StoredRecord]]) -> tuple[PaymentIndex | AccountIndex, ...]:
    """The pointers for records, given before and after, once it is known whose they are."""
    # By their place: two new records of one partition have one holding, and a transaction may write an item only once.
    found: dict[keys.Place, PaymentIndex | AccountIndex] = {}
    for before, after in changes:
        for pointer in _pointers(before, after):
            found[pointer.partition, pointer.sort_key] = pointer
    return tuple(found.values())


def _pointers(before: StoredRecord, after: StoredRecord) -> Iterable[PaymentIndex | AccountIndex]:
    if isinstance(before, Payment) and isinstance(after, Payment) and after.customer and not before.customer:
        yield PaymentIndex(account=after.account, subject=after.customer, payment=after.subject)
    elsewhere = after.partition != keys.partition(after.account, after.account)
    if elsewhere and after.account != PLATFORM and before.version == 0:
        yield AccountIndex(account=after.account, subject=after.account, held=after.subject)
