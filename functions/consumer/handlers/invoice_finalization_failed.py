"""invoice.finalization_failed: Stripe cannot finalize an invoice; the operator hears of it, the customer does not."""

from shared.decisions.decision import Decision
from shared.mails.mail import At
from shared.mails.to_operator import FINALIZATION_FAILED
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read
from shared.values.times import HOUR


def handle(event: Event, books: Books) -> Decision:
    """The organization with the invoice, and one mail to the operator for each failure."""
    invoice = read(Invoice, event.object)
    before = books.read(Organization, event.account, invoice.customer)
    organization = before.with_invoice_event(invoice, event)
    now = organization.invoice(invoice.id)
    if now is None or now.status != "draft":  # the operator has mended it since
        return Decision(save=(organization,))
    mail = tell_operator(
        organization.partition,
        FINALIZATION_FAILED,
        At(invoice.id, _failed_at(before, invoice, event)),
        event,
        invoice=invoice.id,
        amount=invoice.amount_due,
        currency=invoice.currency,
        code=invoice.finalization_error,
    )
    return Decision(save=(organization,), then=(mail,))


def _failed_at(before: Organization, invoice: Invoice, event: Event) -> int:
    """The time of the failure in epoch seconds: that of the first event within an hour about the same failure."""
    known = before.invoices.get(invoice.id)
    same = known is not None and known.value.finalization_error == invoice.finalization_error
    return known.second if known and same and abs(event.created - known.second) < HOUR else event.created
