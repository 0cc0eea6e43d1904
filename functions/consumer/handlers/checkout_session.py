"""checkout.session.*, also observed: an order is fulfilled once paid, or closed unpaid; a subscriber is remembered."""

from shared.decisions.decision import NOTHING, Decision
from shared.decisions.look_at_lines import is_paid_now, look_at_lines
from shared.effects.email import Email
from shared.effects.remind import guest_erasure_at
from shared.mails.order_mails import confirmation, failure, refund_mails
from shared.records.books import Books
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Contact, read


def handle(event: Event, books: Books) -> Decision:
    """In payment mode an order; in subscription mode the organization's contact and reference; else nothing."""
    session = read(CheckoutSession, event.object)
    if session.status == "open":  # an app asked for a look before the customer has finished
        return NOTHING
    if session.mode == "payment":
        return _bought(session, event, books)
    if session.mode == "subscription" and session.customer and session.status == "complete":
        organization = books.read(Organization, event.account, session.customer)
        known = organization.with_checkout(session, event).with_contact(read(Contact, event.object), event)
        return Decision(save=(known,))
    return NOTHING


def _bought(session: CheckoutSession, event: Event, books: Books) -> Decision:
    """The order and its payment, each linked to the other: refunds and disputes name the payment alone.

    A guest's order gets the date of its erasure with its first event.
    """
    before = books.read(Order, event.account, event.subject, session.id)
    order = before.with_session(session, event)
    due_at = order.erasable_at(books.policy)
    dated = () if before.version or due_at is None else (guest_erasure_at(due_at, event.account, session.id),)
    if session.payment_intent is None:
        look = look_at_lines(before, order, event, books.policy)
        return Decision(save=(order,), then=(*dated, *look, *_mails(before, order, None, event, books)))
    known = books.read(Payment, event.account, session.payment_intent)
    payment = known.with_links(
        customer=session.customer,
        session=session.id,
        buyer=event.subject,
        order=(session.metadata or {}).get(books.policy.order_key),
        reference=session.client_reference_id,
        invoice=session.invoice,
    )
    order = order.settled_by(payment)
    save = (order, payment) if payment != known else (order,)
    look = look_at_lines(before, order, event, books.policy)
    return Decision(save=save, then=(*dated, *look, *_mails(before, order, known, event, books)))


def _mails(before: Order, order: Order, known: Payment | None, event: Event, books: Books) -> tuple[Email, ...]:
    """The mails that the buyer has not had yet; `known` is the payment as it was before its session."""
    mails: tuple[Email, ...] = ()
    if is_paid_now(before, order):
        mails = (confirmation(order, known, event, books),)
    if order.state == "failed" and before.state != "failed" and not (known and known.told_as_order):
        mails = (failure(order, event, books),)
    if known and known.session is None and order.guest:
        # Events about its refunds came before the session, when the books knew no address.
        mails += refund_mails(order, known, known.steps, event)
    return mails
