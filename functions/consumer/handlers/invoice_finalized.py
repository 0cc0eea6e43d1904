"""invoice.finalized: a mail announces an invoice that the customer pays by hand, not one that Stripe charges."""

from shared.decisions.decision import Decision
from shared.decisions.invoices_by_hand import due_reminder
from shared.mails.mail import Once
from shared.mails.of_invoices import INVOICE_DUE
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the invoice, and its mail and reminder while it is open and more than zero."""
    invoice = read(Invoice, event.object)
    organization = books.read(Organization, event.account, invoice.customer).with_invoice_event(invoice, event)
    now = organization.invoice(invoice.id)
    if now is None or now.status != "open" or not now.by_hand or organization.owed_on(now) <= 0:
        return Decision(save=(organization,))
    mail = mail_to(
        organization,
        INVOICE_DUE,
        Once(invoice.id),
        event,
        amount=organization.owed_on(now),
        currency=now.currency,
        number=now.number,
        due_date=now.due_date,
        url=now.hosted_invoice_url,
    )
    return Decision(save=(organization,), then=(mail, *due_reminder(organization, now, event)))
