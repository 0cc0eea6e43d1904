"""invoice.payment_failed and .payment_action_required: a mail now, and another in three days if it is still open."""

from shared.decisions.decision import Decision
from shared.decisions.invoices_by_hand import due_reminder
from shared.effects.email import Email
from shared.effects.remind import remind_about
from shared.mails.mail import Attempt
from shared.mails.of_invoices import PAYMENT_CONFIRM, PAYMENT_FAILED
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.debts import REMIND_AFTER
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read
from shared.values.times import HOUR


def handle(event: Event, books: Books) -> Decision:
    """The organization, which is past due; one mail for each failure, and a reminder, unless newer events are known.

    No mail goes to a customer who sees the failure on the screen: at the checkout, or on the page of the invoice.
    """
    invoice = read(Invoice, event.object)
    before = books.read(Organization, event.account, invoice.customer)
    # The books note the reminder even if no mail goes: they must not depend on the order of two events.
    remind_at = event.created + REMIND_AFTER
    organization = before.with_invoice_event(invoice, event).with_reminder(invoice.id, remind_at)
    newest = organization.invoice(invoice.id)
    if newest is None or not organization.should_collect(newest, books.policy) or newest.by_hand:
        return Decision(save=(organization,), then=due_reminder(organization, invoice, event))
    if newest.attempt_count != invoice.attempt_count or organization.at_checkout(invoice, event.created):
        return Decision(save=(organization,))
    notice = () if _told(before, invoice, remind_at) else (_notice(organization, newest, event),)
    reminder = remind_about(invoice.id, invoice.customer, "reminder.payment_failed", remind_at, event)
    return Decision(save=(organization,), then=(*notice, reminder))


def _told(before: Organization, invoice: Invoice, remind_at: int) -> bool:
    """Whether the first of the two events about this failure has sent its mail.

    The number of attempts does not tell two failures apart, since Stripe counts only its own attempts.
    """
    return abs(remind_at - before.reminders.get(invoice.id, 0)) < HOUR


def _notice(organization: Organization, invoice: Invoice, event: Event) -> Email:
    """The mail about the failure, with the reason if its payment has told it."""
    declined = organization.declines.get(invoice.id)
    # An older reason belongs to an earlier attempt.
    recent = declined is not None and abs(declined.second - event.created) < HOUR
    return mail_to(
        organization,
        PAYMENT_CONFIRM if event.type == "invoice.payment_action_required" else PAYMENT_FAILED,
        Attempt(invoice.id, invoice.attempt_count, event.created),
        event,
        amount=organization.owed_on(invoice),
        currency=invoice.currency,
        number=invoice.number,
        next_attempt=invoice.next_payment_attempt,
        url=invoice.hosted_invoice_url,
        decline_code=declined.value.refusal if declined and recent else None,
        method=declined.value.method if declined and recent else None,
    )
