"""refund.* and charge.refund.updated: a refund may fail after its mail; then the operator hears of it."""

from shared.decisions.decision import Decision
from shared.decisions.order_settling import settle
from shared.mails.mail import Once
from shared.mails.to_operator_of_payments import REFUND_FAILED
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.payments import Refund


def handle(event: Event, books: Books) -> Decision:
    """The payment with the refund, and its order; one mail to the operator if the money did not arrive."""
    refund = read(Refund, event.object)
    before = books.read(Payment, event.account, refund.payment_intent or refund.charge or refund.id)
    payment = before.with_refund(refund, event)
    orders, settled = settle(payment, event, books)
    save = (payment, *orders)
    if not refund.never_arrived:
        return Decision(save=save, then=settled)
    mail = tell_operator(
        payment.partition,
        REFUND_FAILED,
        Once(refund.id),  # a failed refund stays failed
        event,
        refund=refund.id,
        amount=refund.amount,
        currency=refund.currency,
        reason=refund.failure,
        canceled=refund.status == "canceled",
    )
    return Decision(save=save, then=(*settled, mail))
