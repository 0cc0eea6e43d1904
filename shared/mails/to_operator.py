"""The mails to the operator about customers, prices and accounts; each applies while the operator can still act."""

from typing import NamedTuple

from shared.mails.mail import Amount, At, Mail, Once, Told, always
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice


class _Rejected(NamedTuple):
    """Stripe's code for the rejection."""

    reason: str | None


class _Unfinished(NamedTuple):
    """The invoice, its amount in minor units, and Stripe's code for the failure."""

    invoice: str
    amount: int
    currency: str
    code: str | None


class _Overpaid(NamedTuple):
    """The invoice, and the amount in minor units that was paid too much."""

    invoice: str
    amount: int
    currency: str


class _Items(NamedTuple):
    """The subscription whose items Stripe has not told in full."""

    subscription: str


class _Price(NamedTuple):
    """A price that plans.toml does not name."""

    price: str


class _Moved(NamedTuple):
    """A price without its lookup key, and the plan that plans.toml gives it."""

    price: str
    plan: str


class _Together(NamedTuple):
    """How many more mails named `what` the hour that began at `hour`, in epoch seconds, asked for.

    `subjects` are the first ten, separated by commas, and `unnamed` is the number of the others.
    """

    what: str
    number: int
    hour: int
    subjects: str
    unnamed: int


def _is_rejected(told: Told[At], books: Books) -> bool:
    state = books.read(ConnectedAccount, told.account).state
    return state is None or state.value.rejected


def _is_unfinished(told: Told[At], books: Books) -> bool:
    """Whether an invoice that Stripe could not finalize is still a draft."""
    account, customer, invoice_id = told.account, told.owner, told.key.about
    if not books.read(ClosedInvoice, account, customer, invoice_id).is_empty:
        return False
    invoice = books.read(Organization, account, customer).invoice(invoice_id)
    return invoice is None or invoice.status == "draft"


def _is_incomplete(told: Told[Once], books: Books) -> bool:
    subscription = books.read(Organization, told.account, told.owner).subscription(told.key.about)
    return subscription is not None and subscription.has_more


ACCOUNT_REJECTED = Mail(
    name="account_rejected",
    audience="operator",
    stripes_own="",
    shows=_Rejected,
    key=At,
    applies=_is_rejected,
    about_platform=True,
)
FINALIZATION_FAILED = Mail(
    name="finalization_failed",
    audience="operator",
    stripes_own="",
    shows=_Unfinished,
    key=At,
    applies=_is_unfinished,
    collected_by="invoice",
)
INVOICE_OVERPAID = Mail(
    name="invoice_overpaid", audience="operator", stripes_own="", shows=_Overpaid, key=Amount, applies=always
)
ITEMS_INCOMPLETE = Mail(
    name="items_incomplete", audience="operator", stripes_own="", shows=_Items, key=Once, applies=_is_incomplete
)
PRICE_KEY_MOVED = Mail(
    name="price_key_moved",
    audience="operator",
    stripes_own="",
    shows=_Moved,
    key=Once,
    applies=always,
    collected_by="price",
)
SUMMARY = Mail(
    name="summary",
    audience="operator",
    stripes_own="",
    shows=_Together,
    key=At,
    applies=always,
    about_platform=True,
)
UNKNOWN_PRICE = Mail(
    name="unknown_price",
    audience="operator",
    stripes_own="",
    shows=_Price,
    key=Once,
    applies=always,
    collected_by="price",
)
