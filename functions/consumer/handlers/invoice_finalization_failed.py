"""invoice.finalization_failed: an invoice that cannot be sent is the operator's to mend; the customer hears nothing."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.mailing import tell_operator
from shared.stripe_objects import Invoice, read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the invoice, and one mail a reason to the operator."""
    invoice = read(Invoice, event.object)
    organization = books.organization(event.account, invoice.customer).told_by(invoice, event)
    now = organization.invoice(invoice.id)
    if now is None or now.status != "draft":  # mended since
        return Decision(save=(organization,))
    mail = tell_operator(
        organization.partition,
        "finalization_failed",
        f"{invoice.id}:{invoice.finalization_error}",
        event,
        invoice=invoice.id,
        amount=invoice.amount_due,
        currency=invoice.currency,
        code=invoice.finalization_error,
    )
    return Decision(save=(organization,), then=(mail,))
