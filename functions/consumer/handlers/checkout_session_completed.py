"""checkout.session.completed: fulfil an order once it is paid; remember where a new subscriber's mail goes."""

from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.effects import MAIL_EXPIRES_AFTER, Email
from shared.event import Event
from shared.records import Order
from shared.stripe_objects import CheckoutSession, Contact, read


def handle(event: Event, books: Books) -> Decision:
    """An order in payment mode, an organization's contact in subscription mode, nothing in setup mode."""
    session = read(CheckoutSession, event.object)
    if session.mode == "payment":
        order = books.order(event.account, event.subject, session.id).with_session(session, event)
        return Decision(save=(order,), then=(_confirmation(order, session, event),) if session.paid else ())
    if session.mode == "subscription" and session.customer:
        organization = books.organization(event.account, session.customer)
        return Decision(save=(organization.with_contact(read(Contact, event.object), event),))
    return NOTHING


def _confirmation(order: Order, session: CheckoutSession, event: Event) -> Email:
    return Email(
        template="order_confirmed",
        to=order.address,
        partition=order.partition,
        key=f"order_confirmed:{session.id}",
        expires=event.created + MAIL_EXPIRES_AFTER,
        data={"name": order.name, "amount": session.amount_total, "currency": session.currency},
    )
