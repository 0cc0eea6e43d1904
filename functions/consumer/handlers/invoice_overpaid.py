"""invoice.overpaid: a customer has paid more than was owed; Stripe credits the rest, and the operator is told."""

from shared.decisions.decision import Decision
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the invoice, and one mail to the operator."""
    invoice = read(Invoice, event.object)
    organization = books.read(Organization, event.account, invoice.customer).with_invoice_event(invoice, event)
    if invoice.amount_overpaid <= 0:  # an API version before basil does not tell how much
        return Decision(save=(organization,))
    mail = tell_operator(
        organization.partition,
        "invoice_overpaid",
        f"{invoice.id}:{invoice.amount_overpaid}",
        event,
        invoice=invoice.id,
        amount=invoice.amount_overpaid,
        currency=invoice.currency,
    )
    return Decision(save=(organization,), then=(mail,))
