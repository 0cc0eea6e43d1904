"""invoice_payment.paid: this payment paid this invoice; since basil neither of the two names the other."""

from shared.decisions.decision import NOTHING, Decision
from shared.records.books import Books
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.payments import InvoicePayment


def handle(event: Event, books: Books) -> Decision:
    """The payment with its invoice; nothing if the customer paid outside Stripe."""
    link = read(InvoicePayment, event.object)
    if link.payment_intent is None:
        return NOTHING
    before = books.read(Payment, event.account, link.payment_intent)
    after = before.with_links(invoice=link.invoice)
    return Decision(save=(after,)) if after != before else NOTHING
