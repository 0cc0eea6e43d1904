"""An order follows its payment: collected money fulfills the order, and a refund changes its state."""

from shared.decisions.look_at_lines import is_paid_now, look_at_lines
from shared.effects.email import Email
from shared.effects.observe import Observe
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


def settle(payment: Payment, event: Event, books: Books) -> tuple[tuple[Order, ...], tuple[Email | Observe, ...]]:
    """The order if `payment` changes it, with a confirmation and a look at its lines if this payment pays it."""
    before = order_of(payment, books)
    if before is None:
        return (), ()
    order = before.settled_by(payment)
    if order == before:
        return (), ()
    if not is_paid_now(before, order):
        return (order,), ()
    return (order,), (confirmation(order, payment, event, books), *look_at_lines(before, order, event, books.policy))
