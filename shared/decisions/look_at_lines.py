"""The lines of an order: no event lists them, so Stripe is asked once the order is paid, if the business wants it."""

from shared.effects.observe import Observe
from shared.policy.policy import Policy
from shared.records.order import Order
from shared.stripe_objects.event import Event


def is_paid_now(before: Order, after: Order) -> bool:
    """Whether a decision that turns `before` into `after` has it fulfilled; not if all its money went back already."""
    return after.paid and not before.paid and after.state != "refunded"


def look_at_lines(before: Order, after: Order, event: Event, policy: Policy) -> tuple[Observe, ...]:
    """An observation of the lines of an order that `event` pays, if the business wants them.

    An order is paid once, so each order costs one observation at most.
    """
    if policy.plans.orders.lines != "stripe" or not is_paid_now(before, after):
        return ()
    customer = None if after.guest else after.subject
    look = Observe(object="order_lines", account=event.account, id=after.session_id, event=event.id, customer=customer)
    return (look,)
