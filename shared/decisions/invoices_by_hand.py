"""An invoice that the customer pays by hand: a reminder at its due date, and the mail if it is overdue then."""

from shared.effects.email import Email
from shared.effects.remind import Remind, remind_about
from shared.mails.mail import At
from shared.mails.of_invoices import INVOICE_OVERDUE
from shared.mails.write import mail_to
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice


def due_reminder(organization: Organization, invoice: Invoice, event: Event) -> tuple[Remind, ...]:
    """The message that asks at the due date for payment; a due date that moves gets a message of its own."""
    now = organization.invoice(invoice.id)
    if now is None or now.status != "open" or not now.by_hand or now.due_date is None:
        return ()
    return (remind_about(now.id, now.customer, "reminder.invoice_due", now.due_date, event),)


def overdue_mail(organization: Organization, invoice_id: str, event: Event, policy: Policy) -> tuple[Email, ...]:
    """The mail about an invoice that the customer has not paid by its due date; empty if nothing is asked for."""
    now = organization.invoice(invoice_id)
    if now is None or now.due_date is None or not organization.should_collect(now, policy):
        return ()
    mail = mail_to(
        organization,
        INVOICE_OVERDUE,
        At(now.id, now.due_date),
        event,
        amount=organization.owed_on(now),
        currency=now.currency,
        number=now.number,
        due_date=now.due_date,
        url=now.hosted_invoice_url,
    )
    return (mail,)
