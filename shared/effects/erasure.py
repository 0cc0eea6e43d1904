"""The effects that export and erase all data of a customer."""

from typing import Literal

from shared.values.frozen import Frozen


class Export(Frozen):
    """One JSON file with all data of a customer, behind a link that expires."""

    kind: Literal["export"] = "export"
    account: str
    customer: str


class ErasedPayment(Frozen):
    """The payment of an erased guest, whose record the commit deletes, too.

    Args:
        id: the subject of the payment's record.
        version: the record's version; 0 if no event has told of the payment.
        charge: the id of its charge, if it has one.
    """

    id: str
    version: int = 0
    charge: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The ids under which Stripe may name the payment."""
        return (self.id, self.charge) if self.charge and self.charge != self.id else (self.id,)


class Erase(Frozen):
    """The deletion of all data of a customer, or of a connected account if `customer` is the account.

    If the buyer of an order is a guest, `customer` is its Checkout session.

    The commit writes the tombstone and deletes the record; the worker deletes the rest later.

    Args:
        as_of: epoch seconds; from now on, events created until then are refused.
        version: the record's version; if the customer returns, the new record counts on from it.
        guest: whether the record is the order of a guest.
        payments: the payments of a guest; nothing in the guest's partition leads to them.
    """

    kind: Literal["erase"] = "erase"
    account: str
    customer: str
    as_of: int
    version: int = 0
    guest: bool = False
    payments: tuple[ErasedPayment, ...] = ()
