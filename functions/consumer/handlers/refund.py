"""charge.refund.updated and refund.failed: a refund may fail after it was announced; the operator mends that."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.mailing import tell_operator
from shared.stripe_objects import read
from shared.stripe_payments import Refund


def handle(event: Event, books: Books) -> Decision:
    """The payment with the refund, and one mail to the operator if the money never arrived."""
    refund = read(Refund, event.object)
    payment_id = refund.payment_intent or refund.charge or refund.id
    payment = books.payment(event.account, payment_id).with_refund(refund, event)
    if not refund.undone:
        return Decision(save=(payment,))
    mail = tell_operator(
        payment.partition,
        "refund_failed",
        refund.id,
        event,
        refund=refund.id,
        amount=refund.amount,
        currency=refund.currency,
        reason=refund.failure,
    )
    return Decision(save=(payment,), then=(mail,))
