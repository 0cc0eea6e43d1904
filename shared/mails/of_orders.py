"""The mails to a buyer about an order and about a refund."""

from typing import NamedTuple

from shared.mails.mail import Mail, MaybeAt, Once, Returned, Told, always
from shared.records.books import Books
from shared.records.payment import Payment


class _Order(NamedTuple):
    """The amount in minor units of the currency that the buyer paid in; None where Stripe does not tell it."""

    amount: int | None
    currency: str | None


class _Refund(NamedTuple):
    """The amount of this refund, the total of all refunds, and the amount paid, in minor units."""

    amount: int | None
    total: int | None
    currency: str
    paid: int | None
    whole: bool
    method: str | None
    url: str | None


def _has_gone_back(told: Told[Returned], books: Books) -> bool:
    """Whether the total refunded is higher than before this refund; a refund that failed leaves it."""
    key = told.key
    before = key.total - 1 if key.before is None else key.before
    return books.read(Payment, told.account, key.about).refunded > before


ORDER_CONFIRMED = Mail(
    name="order_confirmed",
    audience="customer",
    stripes_own="Customer emails > Successful payments",
    shows=_Order,
    key=Once,
    applies=always,
)
ORDER_FAILED = Mail(name="order_failed", audience="customer", stripes_own="", shows=_Order, key=MaybeAt, applies=always)
REFUND = Mail(
    name="refund",
    audience="customer",
    stripes_own="Customer emails > Refunds",
    shows=_Refund,
    key=Returned,
    applies=_has_gone_back,
)
