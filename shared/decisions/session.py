"""What came of a Checkout session, as an event or its order tells it: the content of the session item."""

from collections.abc import Callable, Iterator

from shared.decisions.decision import StoredRecord
from shared.decisions.session_item import Outcome, SessionItem, Why
from shared.records.order import Order
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def sessions_told(
    event: Event, save: tuple[StoredRecord, ...], before: Callable[[Order], Order]
) -> Iterator[SessionItem]:
    """The session items that an event changes.

    Args:
        event: the event; each event of a session without an order tells its outcome.
        save: the records that the decision saves; an order tells the outcome of its session when that changes.
        before: returns an order as it was read.
    """
    for order in save:
        if isinstance(order, Order) and (item := _of_order(order)) and item != _of_order(before(order)):
            yield item
    if event.object.get("object") == "checkout.session":
        session = read(CheckoutSession, event.object)
        outcome = None if session.mode == "payment" else _outcome(session, event)
        if outcome:
            yield _item(event.account, session, outcome, "payment_failed" if outcome == "failed" else None)


def _of_order(order: Order) -> SessionItem | None:
    """The item of an order's session; None while the customer has not finished, or if no event has told of it."""
    session = order.session.value if order.session else None
    if session is None:
        return None
    match order.state:
        case "fulfilled" | "partly_refunded" | "refunded":
            return _item(order.account, session, "fulfilled")
        case "failed":
            return _item(order.account, session, "failed", "payment_failed")
        case "canceled":
            return _item(order.account, session, "failed", "payment_canceled")
        case "expired":
            return _item(order.account, session, "expired")
        case "open":
            return _item(order.account, session, "payment_pending") if session.status == "complete" else None


def _outcome(session: CheckoutSession, event: Event) -> Outcome | None:
    """What one event says of a session without an order; None while the customer has not finished."""
    if event.type.endswith(".async_payment_failed"):
        return "failed"
    if session.status == "expired":
        return "expired"
    if session.status != "complete":
        return None
    return "completed" if session.paid else "payment_pending"


def _item(account: str, session: CheckoutSession, outcome: Outcome, why: Why | None = None) -> SessionItem:
    return SessionItem(
        account=account,
        session=session.id,
        mode=session.mode,
        outcome=outcome,
        why=why,
        customer=session.customer,
        reference=session.client_reference_id,
        subscription=session.subscription,
    )
