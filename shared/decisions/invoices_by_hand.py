"""An invoice that the customer pays by hand: a reminder at its due date, and what is said if it is overdue then."""

from typing import TYPE_CHECKING

from shared.effects.email import Email
from shared.effects.remind import Remind
from shared.mails.write import mail_to
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice

if TYPE_CHECKING:
    from shared.values.frozen import Scalar


def due_reminder(organization: Organization, invoice: Invoice, event: Event) -> tuple[Remind, ...]:
    """The message that asks at the due date whether the invoice is paid; a date that moves has a message of its own."""
    now = organization.invoice(invoice.id)
    if now is None or now.status != "open" or not now.by_hand or now.due_date is None:
        return ()
    return (
        Remind(
            type="reminder.invoice_due", at=now.due_date, about=now.id, account=event.account, customer=now.customer
        ),
    )


def overdue_mail(organization: Organization, invoice_id: str, event: Event, policy: Policy) -> tuple[Email, ...]:
    """The mail that says once a due date that an invoice was not paid by it."""
    now = organization.invoice(invoice_id)
    if now is None or now.due_date is None or not organization.should_collect(now, policy):
        return ()
    shown: dict[str, Scalar] = {"amount": organization.owed_on(now), "currency": now.currency, "number": now.number}
    about = f"{now.id}:{now.due_date}"
    url = now.hosted_invoice_url
    return (mail_to(organization, "invoice_overdue", about, event, **shown, due_date=now.due_date, url=url),)
