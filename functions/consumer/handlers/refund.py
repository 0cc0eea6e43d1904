"""refund.* and charge.refund.updated: a refund may fail after it was announced; the operator mends that."""

from shared.decisions.decision import Decision
from shared.decisions.order_settling import settle
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.payments import Refund


def handle(event: Event, books: Books) -> Decision:
    """The payment with the refund and its order, and one mail to the operator if the money never arrived."""
    refund = read(Refund, event.object)
    before = books.payment(event.account, refund.payment_intent or refund.charge or refund.id)
    payment = before.with_refund(refund, event)
    orders, confirmed = settle(payment, event, books)
    save = (payment, *orders)
    if not refund.never_arrived:
        return Decision(save=save, then=confirmed)
    # A refund that failed stays failed, so its id names the change.
    mail = tell_operator(
        payment.partition,
        "refund_failed",
        refund.id,
        event,
        refund=refund.id,
        amount=refund.amount,
        currency=refund.currency,
        reason=refund.failure,
        canceled=refund.status == "canceled",
    )
    return Decision(save=save, then=(*confirmed, mail))
