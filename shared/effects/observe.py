"""The effect that reads an object at Stripe, because no event told what a decision needs, or because one may lie."""

from typing import Literal

from shared.values import keys
from shared.values.frozen import Frozen


class Observe(Frozen):
    """An object to read at Stripe.

    The worker reads the object and sends it through the FIFO queue as a message `observed.<object>`.

    Args:
        object: `customer`, `account`, `subscription` with all its items, `entitlements` of a customer,
            `checkout_session`, `order_lines` of a Checkout session, or `erasure`. The last one asks whether a customer
            still exists and has a subscription.
        id: the object's id; for `account` it is the account itself, for `order_lines` the session.
        event: the event that asks; asking twice for one event gives one answer.
        customer: the customer of a subscription or of an order; None for a guest's order, and for the other objects,
            which are their own owners.
    """

    kind: Literal["observe"] = "observe"
    object: Literal["customer", "account", "subscription", "entitlements", "checkout_session", "order_lines", "erasure"]
    account: str
    id: str
    event: str
    customer: str | None = None

    @property
    def owner(self) -> str:
        """The customer or the account that the data belongs to."""
        return self.customer or self.id

    @property
    def name(self) -> str:
        """The id of the message that carries the object."""
        return f"seen_{keys.digest(self.account, self.object, self.id, self.event)}"


class ErasureCheck(Frozen):
    """What Stripe says about a customer whose erasure is due; it holds no personal data.

    Args:
        answer: `gone` for a deleted customer. `subscribed` if a subscription has not ended, `unsubscribed` if all
            have. `unanswered` if no key may ask. `misfit` if a key is stored and cannot see the customer: it is of
            another account or mode, or it lacks a permission.
    """

    customer: str
    answer: Literal["gone", "subscribed", "unsubscribed", "unanswered", "misfit"]
