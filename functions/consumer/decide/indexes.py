"""The index records of a decision: they lead from a customer or account to records in other partitions."""

from collections.abc import Iterable, Iterator

from shared.decisions.decision import StoredRecord
from shared.records.index import AccountIndex, PaymentIndex
from shared.records.payment import Payment
from shared.values import keys
from shared.values.platform import PLATFORM


def indexes_of(changes: Iterable[tuple[StoredRecord, StoredRecord]]) -> tuple[PaymentIndex | AccountIndex, ...]:
    """An index record for each payment whose customer is new, and for each new partition of a connected account."""
    # By key: two new records of one partition need the same index record, and a transaction writes an item only once.
    found = {index.key: index for before, after in changes for index in _indexes(before, after)}
    return tuple(found.values())


def _indexes(before: StoredRecord, after: StoredRecord) -> Iterator[PaymentIndex | AccountIndex]:
    if isinstance(before, Payment) and isinstance(after, Payment) and after.customer and not before.customer:
        yield PaymentIndex(account=after.account, subject=after.customer, payment=after.subject)
    elsewhere = after.partition != keys.partition(after.account, after.account)
    if elsewhere and after.account != PLATFORM and before.version == 0:
        yield AccountIndex(account=after.account, subject=after.account, held=after.subject)
