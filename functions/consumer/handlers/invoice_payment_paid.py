"""invoice_payment.paid: which payment paid which invoice; since basil neither of the two says it by itself."""

from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.event import Event
from shared.stripe_objects import read
from shared.stripe_payments import InvoicePayment


def handle(event: Event, books: Books) -> Decision:
    """The payment, knowing its invoice; nothing if it was paid outside Stripe."""
    link = read(InvoicePayment, event.object)
    if link.payment_intent is None:
        return NOTHING
    before = books.payment(event.account, link.payment_intent)
    after = before.known_by(invoice=link.invoice)
    return Decision(save=(after,)) if after != before else NOTHING
