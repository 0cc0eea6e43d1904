"""The records that lead from an owner to what lies in a partition of its own, for exports and erasures to follow."""

from typing import ClassVar

from shared.records.stored_record import Record
from shared.values import keys


class PaymentIndex(Record):
    """`subject` is a customer; `payment` is the id that a payment of theirs lies under."""

    repeatable: ClassVar[bool] = True

    named_by: ClassVar[tuple[str, ...]] = ("account", "subject", "payment")

    payment: str

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.pointer(self.payment)


class AccountIndex(Record):
    """`subject` is a connected account; `held` is whose partition something of that account's lies in."""

    repeatable: ClassVar[bool] = True

    named_by: ClassVar[tuple[str, ...]] = ("account", "subject", "held")

    held: str

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.holding(self.held)
