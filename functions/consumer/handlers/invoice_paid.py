"""invoice.paid (and its alias invoice.payment_succeeded): a receipt goes out, and the reminders fall silent."""

from shared.decisions.decision import Decision
from shared.mails.mail import Once
from shared.mails.of_invoices import RECEIPT
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the paid invoice, and one receipt if the customer paid money."""
    invoice = read(Invoice, event.object)
    organization = books.read(Organization, event.account, invoice.customer).with_invoice_event(invoice, event)
    if invoice.amount_paid <= 0:
        return Decision(save=(organization,))
    receipt = mail_to(
        organization,
        RECEIPT,
        Once(invoice.id),
        event,
        amount=invoice.amount_paid,
        currency=invoice.currency,
        number=invoice.number,
        url=invoice.invoice_pdf,
    )
    return Decision(save=(organization,), then=(receipt,))
