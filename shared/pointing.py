"""What leads to a record that lies apart: from a customer to a payment, from a connected account to all of its own."""

from collections.abc import Iterable

from shared import keys
from shared.decision import Kept
from shared.event import PLATFORM
from shared.payments import Payment
from shared.pointer import Holding, Pointer


def pointers(changes: Iterable[tuple[Kept, Kept]]) -> tuple[Pointer | Holding, ...]:
    """The pointers for records, given before and after, once it is known whose they are."""
    # By their place: two new records of one partition have one holding, and a transaction may write an item only once.
    found: dict[keys.Place, Pointer | Holding] = {}
    for before, after in changes:
        for pointer in _pointers(before, after):
            found[pointer.partition, pointer.sort_key] = pointer
    return tuple(found.values())


def _pointers(before: Kept, after: Kept) -> Iterable[Pointer | Holding]:
    if isinstance(before, Payment) and isinstance(after, Payment) and after.customer and not before.customer:
        yield Pointer(account=after.account, subject=after.customer, payment=after.subject)
    elsewhere = after.partition != keys.partition(after.account, after.account)
    if elsewhere and after.account != PLATFORM and before.version == 0:
        yield Holding(account=after.account, subject=after.account, held=after.subject)
