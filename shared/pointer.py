"""The record that leads from a customer to a payment of theirs, which lies under its own id."""

from shared import keys
from shared.record import Record


class Pointer(Record):
    """`subject` is the customer; `payment` is the id that its payment lies under."""

    payment: str

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.pointer(self.payment)
