"""The records that lead from an owner to what lies in a partition of its own, for exports and erasures to follow."""

from typing import ClassVar

from shared import keys
from shared.record import Record


class Pointer(Record):
    """`subject` is a customer; `payment` is the id that a payment of theirs lies under."""

    repeatable: ClassVar[bool] = True

    payment: str

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.pointer(self.payment)


class Holding(Record):
    """`subject` is a connected account; `held` is whose partition something of that account's lies in."""

    repeatable: ClassVar[bool] = True

    held: str

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.holding(self.held)
