"""invoice.payment_failed: tell the customer now, and again in three days if it is still owed."""

from shared.books import Books
from shared.decision import Decision
from shared.effects import DAY, MAIL_EXPIRES_AFTER, Email, Remind
from shared.event import Event
from shared.records import Organization
from shared.stripe_objects import Contact, Invoice, read

REMIND_AFTER = 3 * DAY


def handle(event: Event, books: Books) -> Decision:
    """The organization is past due; one mail an attempt, and a reminder, unless the books know better already."""
    invoice = read(Invoice, event.object)
    organization = (
        books.organization(event.account, invoice.customer)
        .with_invoice(invoice, event)
        .with_contact(read(Contact, event.object), event)
    )
    # At a first payment the customer is at the checkout, and sees there that it failed.
    if invoice.billing_reason == "subscription_create":
        return Decision(save=(organization,))
    # Noted even if nothing is sent: the books must not depend on which of two events came first.
    remind_at = event.created + REMIND_AFTER
    organization = organization.with_reminder(invoice.id, remind_at)
    newest = organization.invoice(invoice.id)
    if newest is None or not newest.unpaid or newest.attempt_count != invoice.attempt_count:
        return Decision(save=(organization,))
    return Decision(
        save=(organization,), then=(_notice(organization, invoice, event), _reminder(invoice, event, remind_at))
    )


def _notice(organization: Organization, invoice: Invoice, event: Event) -> Email:
    return Email(
        template="payment_failed",
        to=organization.address,
        partition=organization.partition,
        key=f"payment_failed:{invoice.id}:{invoice.attempt_count}",
        expires=event.created + MAIL_EXPIRES_AFTER,
        data={
            "name": organization.name,
            "amount": invoice.amount_remaining,
            "currency": invoice.currency,
            "number": invoice.number,
            "next_attempt": invoice.next_payment_attempt,
            "url": invoice.hosted_invoice_url,
        },
    )


def _reminder(invoice: Invoice, event: Event, at: int) -> Remind:
    return Remind(
        type="reminder.payment_failed", at=at, about=invoice.id, account=event.account, customer=invoice.customer
    )
