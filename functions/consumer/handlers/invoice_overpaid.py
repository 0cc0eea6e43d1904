"""invoice.overpaid: a customer has paid more than was owed; Stripe credits the rest, and the operator is told."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.mailing import tell_operator
from shared.stripe_invoices import Invoice
from shared.stripe_objects import read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the invoice, and one mail to the operator."""
    invoice = read(Invoice, event.object)
    organization = books.organization(event.account, invoice.customer).told_by(invoice, event)
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
