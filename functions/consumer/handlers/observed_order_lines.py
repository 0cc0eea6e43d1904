"""observed.order_lines: the effects worker has read at Stripe what was bought in an order; it is saved once."""

from shared.decisions.decision import NOTHING, Decision
from shared.records.books import Books
from shared.records.order import Order
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.order_lines import OrderLines


def handle(event: Event, books: Books) -> Decision:
    """The order with its lines; nothing if they are known, or if the buyer was erased since the order."""
    told = read(OrderLines, event.object)
    order = _order(told.id, event, books)
    if order.erased_at is not None:
        return Decision(save=(order,))  # such an order is refused: neither it nor the message is kept
    if order.session is None or order.lines is not None:
        return NOTHING
    return Decision(save=(order.with_lines(told),))


def _order(session: str, event: Event, books: Books) -> Order:
    """The order of a session; `erased_at` is set if its guest or its customer was erased after the purchase.

    The record of a customer's order may outlive the tombstone for a while. A customer who came back may buy again.
    """
    order = books.read(Order, event.account, event.subject, session)
    if order.guest:
        return order
    erased_at = books.read(Organization, event.account, event.subject).erased_at
    if erased_at is None or (order.session and order.session.second > erased_at):
        return order
    return order.model_copy(update={"erased_at": erased_at})
