"""The records that lead from an owner to data in other partitions, for exports and erasures to follow."""

from typing import ClassVar

from shared.records.stored_record import Record
from shared.values import keys


class PaymentIndex(Record):
    """Leads from a customer, the `subject`, to one of their payments; `payment` is the subject of that record."""

    repeatable: ClassVar[bool] = True

    named_by: ClassVar[tuple[str, ...]] = ("account", "subject", "payment")

    payment: str

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.pointer(self.payment)


class AccountIndex(Record):
    """Leads from a connected account, the `subject`, to another partition of the account; `held` is its subject."""

    repeatable: ClassVar[bool] = True

    named_by: ClassVar[tuple[str, ...]] = ("account", "subject", "held")

    held: str

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.holding(self.held)
