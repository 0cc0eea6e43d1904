"""charge.refunded, .captured and .expired: a mail tells the buyer of each refund; a released hold is no refund."""

from shared.decisions.decision import Decision
from shared.decisions.order_settling import order_of, settle
from shared.effects.email import Email
from shared.mails.order_mails import refund_mails
from shared.mails.write import Addressee
from shared.records.books import Books
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.records.refund_steps import new_steps
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.payments import Charge


def handle(event: Event, books: Books) -> Decision:
    """The payment and its order, and a mail for each refund."""
    charge = read(Charge, event.object)
    before = books.read(Payment, event.account, charge.payment_intent or charge.id)
    payment = before.with_charge(charge, event)
    orders, settled = settle(payment, event, books)
    return Decision(save=(payment, *orders), then=(*settled, *_refunds(before, payment, event, books)))


def _refunds(before: Payment, payment: Payment, event: Event, books: Books) -> tuple[Email, ...]:
    steps = new_steps(before.steps, payment.steps)
    whom = _buyer(payment, books) if steps else None
    return refund_mails(whom, payment, steps, event) if whom else ()


def _buyer(payment: Payment, books: Books) -> Addressee | None:
    """The reader of a refund's mail: the customer, or the guest of the order; None while the books know neither."""
    order = order_of(payment, books)
    if payment.customer is None:
        return order
    organization = books.read(Organization, payment.account, payment.customer)
    return order if order and order.address and not organization.address else organization
