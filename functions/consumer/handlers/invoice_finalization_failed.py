"""invoice.finalization_failed: an invoice that cannot be sent is the operator's to mend; the customer hears nothing."""

from shared.decisions.decision import Decision
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read
from shared.values.times import HOUR


def handle(event: Event, books: Books) -> Decision:
    """The organization with the invoice, and one mail a failure to the operator."""
    invoice = read(Invoice, event.object)
    before = books.read(Organization, event.account, invoice.customer)
    organization = before.with_invoice_event(invoice, event)
    now = organization.invoice(invoice.id)
    if now is None or now.status != "draft":  # mended since
        return Decision(save=(organization,))
    mail = tell_operator(
        organization.partition,
        "finalization_failed",
        f"{invoice.id}:{_failed_at(before, invoice, event)}",
        event,
        invoice=invoice.id,
        amount=invoice.amount_due,
        currency=invoice.currency,
        code=invoice.finalization_error,
    )
    return Decision(save=(organization,), then=(mail,))


def _failed_at(before: Organization, invoice: Invoice, event: Event) -> int:
    """When it failed, in epoch seconds, by which one failure is told once, and the same failure a day later again."""
    known = before.invoices.get(invoice.id)
    same = known is not None and known.value.finalization_error == invoice.finalization_error
    return known.second if known and same and abs(event.created - known.second) < HOUR else event.created
