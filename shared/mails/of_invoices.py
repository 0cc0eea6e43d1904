"""The mails to a customer about an invoice."""

from typing import NamedTuple

from shared.mails.mail import At, Attempt, Mail, Once, Told, always
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.invoices import Invoice


class _Invoice(NamedTuple):
    """An amount in minor units, and where to pay it or to see it."""

    amount: int
    currency: str
    number: str | None
    url: str | None


class _InvoiceDue(NamedTuple):
    """An invoice with the date it is due, in epoch seconds."""

    amount: int
    currency: str
    number: str | None
    url: str | None
    due_date: int | None


class _InvoiceOverdue(NamedTuple):
    """An invoice with the date it was due, in epoch seconds."""

    amount: int
    currency: str
    number: str | None
    url: str | None
    due_date: int


class _Owed(NamedTuple):
    """An invoice with Stripe's next attempt to collect it, in epoch seconds."""

    amount: int
    currency: str
    number: str | None
    url: str | None
    next_attempt: int | None


class _Failed(NamedTuple):
    """An invoice with the reason of the decline and the kind of payment method."""

    amount: int
    currency: str
    number: str | None
    url: str | None
    next_attempt: int | None
    decline_code: str | None
    method: str | None


class _Upcoming(NamedTuple):
    """The amount of a renewal, and when Stripe charges it."""

    amount: int
    currency: str
    charged_at: int
    url: str | None


def _asked_for(told: Told[Attempt] | Told[At], books: Books) -> tuple[Organization, Invoice] | None:
    """The customer and the invoice, while the business asks the customer for its amount."""
    customer = books.read(Organization, told.account, told.owner)
    invoice = customer.invoice(told.key.about)
    return (customer, invoice) if invoice is not None and customer.should_collect(invoice, books.policy) else None


def _is_open(told: Told[Once], books: Books) -> bool:
    invoice = books.read(Organization, told.account, told.owner).invoice(told.key.about)
    return invoice is not None and invoice.status == "open"


def _is_newest_attempt(told: Told[Attempt], books: Books) -> bool:
    found = _asked_for(told, books)
    return found is not None and found[1].attempt_count == told.key.attempt


def _is_newest_reminder(told: Told[At], books: Books) -> bool:
    found = _asked_for(told, books)
    return found is not None and found[0].reminders.get(told.key.about) == told.key.at


def _was_due_then(told: Told[At], books: Books) -> bool:
    found = _asked_for(told, books)
    return found is not None and found[1].due_date == told.key.at


RECEIPT = Mail(
    name="receipt",
    audience="customer",
    stripes_own="Customer emails > Successful payments",
    shows=_Invoice,
    key=Once,
    applies=always,
)
INVOICE_DUE = Mail(
    name="invoice_due",
    audience="customer",
    stripes_own="Subscriptions and emails > Email finalized invoices to customers",
    shows=_InvoiceDue,
    key=Once,
    applies=_is_open,
)
INVOICE_OVERDUE = Mail(
    name="invoice_overdue",
    audience="customer",
    stripes_own="Subscriptions and emails > Send reminders if a recurring invoice hasn't been paid",
    shows=_InvoiceOverdue,
    key=At,
    applies=_was_due_then,
)
INVOICE_UPCOMING = Mail(
    name="invoice_upcoming",
    audience="customer",
    stripes_own="Subscriptions and emails > Send emails about upcoming renewals",
    shows=_Upcoming,
    key=At,
    applies=always,
)
PAYMENT_FAILED = Mail(
    name="payment_failed",
    audience="customer",
    stripes_own="Subscriptions and emails > Send emails when card payments fail",
    shows=_Failed,
    key=Attempt,
    applies=_is_newest_attempt,
)
PAYMENT_CONFIRM = Mail(
    name="payment_confirm",
    audience="customer",
    stripes_own="Subscriptions and emails > Send a Stripe-hosted link to confirm payments",
    shows=_Failed,
    key=Attempt,
    keyed_as="payment_failed",
    applies=_is_newest_attempt,
)
PAYMENT_STILL_DUE = Mail(
    name="payment_still_due",
    audience="customer",
    stripes_own="",
    shows=_Owed,
    key=At,
    applies=_is_newest_reminder,
)
