"""An object that the effects worker reads at Stripe, because no event told what a decision needs."""

from typing import Literal

from shared.values import keys
from shared.values.frozen import Frozen


class Observe(Frozen):
    """An object to read at Stripe, since no event has told what a decision needs to know.

    The worker reads it and sends what it read back through the FIFO queue, as `observed.<object>`.

    Args:
        object: `customer`, `account`, or `subscription` with all its items.
        id: the object's id; for `account` it is the account itself.
        event: the event that asks, so that asking twice for one event gives one answer.
        customer: whose subscription it is; None for the other objects, which are their own owners.
    """

    kind: Literal["observe"] = "observe"
    object: Literal["customer", "account", "subscription"]
    account: str
    id: str
    event: str
    customer: str | None = None

    @property
    def owner(self) -> str:
        """Whose data is read: the customer's, or the account's."""
        return self.customer or self.id

    @property
    def name(self) -> str:
        """The id of the message that tells what was read."""
        return f"seen_{keys.digest(self.account, self.object, self.id, self.event)}"
