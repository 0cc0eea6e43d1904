"""checkout.session.*: fulfil an order once it is paid, close it if it never will be; remember who a subscriber is."""

from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.effects import Effect
from shared.event import Event
from shared.mailing import mail_to, one_confirmation
from shared.orders import Order
from shared.payments import Payment
from shared.stripe_checkout import CheckoutSession
from shared.stripe_objects import Contact, read


def handle(event: Event, books: Books) -> Decision:
    """An order in payment mode, an organization's contact and reference in subscription mode, nothing in setup mode."""
    session = read(CheckoutSession, event.object)
    if session.mode == "payment":
        order = books.order(event.account, event.subject, session.id).with_session(session, event)
        return Decision(save=(order, *_payment(session, event, books)), then=_mail(order, session, event, books))
    if session.mode == "subscription" and session.customer and session.status == "complete":
        organization = books.organization(event.account, session.customer)
        known = organization.with_checkout(session, event).with_contact(read(Contact, event.object), event)
        return Decision(save=(known,))
    return NOTHING


def _payment(session: CheckoutSession, event: Event, books: Books) -> tuple[Payment, ...]:
    """The payment, knowing its order: refunds and disputes name the payment alone."""
    if session.payment_intent is None:
        return ()
    before = books.payment(event.account, session.payment_intent)
    after = before.known_by(customer=session.customer, session=session.id)
    return (after,) if after != before else ()


def _mail(order: Order, session: CheckoutSession, event: Event, books: Books) -> tuple[Effect, ...]:
    shown = {"amount": session.amount_total, "currency": session.currency}
    # Where the session tells no address, the mail goes to its customer's, and waits for it if need be.
    known = order.address is None and session.customer
    buyer = books.organization(event.account, session.customer) if known and session.customer else order
    if order.state == "fulfilled":
        confirmation = mail_to(buyer, "order_confirmed", session.id, event, **shown)
        return (one_confirmation(confirmation, session.invoice),)
    if order.state == "failed":
        # The payment's id, since its own failure may have been told as an order's before the session was heard of.
        return (mail_to(buyer, "order_failed", session.payment_intent or session.id, event, **shown),)
    return ()
