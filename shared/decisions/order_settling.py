"""An order follows its payment: collected money fulfills the order, and a refund changes its state."""

from shared.effects.email import Email
from shared.mails.order_mails import confirmation
from shared.records.books import Books
from shared.records.order import Order
from shared.records.payment import Payment
from shared.stripe_objects.event import Event


def order_of(payment: Payment, books: Books) -> Order | None:
    """The order of a payment; None if no Checkout session of the payment is known."""
    if payment.session is None:
        return None
    return books.read(Order, payment.account, payment.buyer or payment.customer or payment.session, payment.session)


def settle(payment: Payment, event: Event, books: Books) -> tuple[tuple[Order, ...], tuple[Email, ...]]:
    """The order if `payment` changes it, and a confirmation if this payment pays it."""
    before = order_of(payment, books)
    if before is None:
        return (), ()
    order = before.settled_by(payment)
    if order == before:
        return (), ()
    paid_now = order.paid and not before.paid and order.state != "refunded"
    return (order,), ((confirmation(order, payment, event, books),) if paid_now else ())
