"""invoice.finalized: an invoice that is sent to be paid by hand is announced; one that is charged by itself is not."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.mailing import mail_to
from shared.stripe_objects import Invoice, read


def handle(event: Event, books: Books) -> Decision:
    """The organization with the invoice, and its mail if there is something to pay and nobody has paid it yet."""
    invoice = read(Invoice, event.object)
    organization = books.organization(event.account, invoice.customer).told_by(invoice, event)
    now = organization.invoice(invoice.id)
    if now is None or now.status != "open" or now.collection_method != "send_invoice" or now.amount_remaining <= 0:
        return Decision(save=(organization,))
    mail = mail_to(
        organization,
        "invoice_due",
        invoice.id,
        event,
        amount=now.amount_remaining,
        currency=now.currency,
        number=now.number,
        due_date=now.due_date,
        url=now.hosted_invoice_url,
    )
    return Decision(save=(organization,), then=(mail,))
