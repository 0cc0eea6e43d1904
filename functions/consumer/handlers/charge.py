"""charge.refunded, .captured and .expired: tell the buyer what went back; a hold that is released is no refund."""

from shared.books import Books
from shared.decision import Decision
from shared.effects import Email
from shared.event import Event
from shared.mailing import Addressee
from shared.order_mails import refund_mails
from shared.order_settling import order_of, settle
from shared.payments import Payment
from shared.refund_steps import new_steps
from shared.stripe_objects import read
from shared.stripe_payments import Charge


def handle(event: Event, books: Books) -> Decision:
    """The payment and its order, and a mail for each refund; without an address it waits for one."""
    charge = read(Charge, event.object)
    before = books.payment(event.account, charge.payment_intent or charge.id)
    payment = before.with_charge(charge, event)
    orders, confirmed = settle(payment, event, books)
    return Decision(save=(payment, *orders), then=(*confirmed, *_refunds(before, payment, event, books)))


def _refunds(before: Payment, payment: Payment, event: Event, books: Books) -> tuple[Email, ...]:
    steps = new_steps(before.steps, payment.steps)
    whom = _buyer(payment, books) if steps else None
    return refund_mails(whom, payment, steps, event) if whom else ()


def _buyer(payment: Payment, books: Books) -> Addressee | None:
    """Who is told of a refund: the customer; a guest where the order was confirmed; None while nobody is known."""
    order = order_of(payment, books)
    if payment.customer is None:
        return order
    organization = books.organization(payment.account, payment.customer)
    return order if order and order.address and not organization.address else organization
