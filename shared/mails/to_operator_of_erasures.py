"""The mails to the operator about erasures that wait, that Stripe does not confirm, or whose export was withheld."""

from typing import NamedTuple

from shared.mails.mail import Mail, Once, Told, always
from shared.records.books import Books
from shared.records.organization import Organization


class _Waits(NamedTuple):
    """The customer, and the day of the erasure at the latest, in epoch seconds."""

    customer: str
    erased_by: int


class _Withheld(NamedTuple):
    """The customer; when the address changed, None if links are switched off; and when the erasure is due, if ever."""

    customer: str
    changed_at: int | None
    erased_at: int | None


class _Contradicted(NamedTuple):
    """The customer that Stripe still has."""

    customer: str


def _waits(told: Told[Once], books: Books) -> bool:
    customer = books.read(Organization, told.account, told.owner)
    return customer.version > 0 and not customer.is_still_subscribed


ERASURE_WAITS = Mail(
    name="erasure_waits",
    audience="operator",
    stripes_own="",
    shows=_Waits,
    key=Once,
    applies=_waits,
    collected_by="customer",
)
ERASURE_CONTRADICTED = Mail(
    name="erasure_contradicted",
    audience="operator",
    stripes_own="",
    shows=_Contradicted,
    key=Once,
    applies=always,
    about_platform=True,
    collected_by="customer",
)
ERASURE_UNCONFIRMED = Mail(
    name="erasure_unconfirmed",
    audience="operator",
    stripes_own="",
    shows=_Waits,
    key=Once,
    applies=_waits,
    about_platform=True,
    collected_by="customer",
)
EXPORT_WITHHELD = Mail(
    name="export_withheld",
    audience="operator",
    stripes_own="",
    shows=_Withheld,
    key=Once,
    applies=_waits,
    about_platform=True,
)
