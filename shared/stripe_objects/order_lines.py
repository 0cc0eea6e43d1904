"""What Billhook reads of the lines of a Checkout session; see objects.py."""

from pydantic import Field

from shared.stripe_objects.fields import MaybeId, aliases
from shared.values.frozen import Frozen

MOST_LINES = 100
"""How many lines of an order are kept: a page of Stripe's, and about 100 KB with the longest lookup keys."""


class OrderLine(Frozen):
    """A line of a Checkout session (https://docs.stripe.com/api/checkout/sessions/line_items).

    The description is left out, because the seller or the app may write anything into it. `amount` is the total of the
    line after discounts and taxes, in minor units.
    """

    price: MaybeId = None
    product: MaybeId = Field(default=None, validation_alias=aliases("price.product", "product"))
    lookup_key: str | None = Field(default=None, validation_alias=aliases("price.lookup_key", "lookup_key"))
    quantity: int | None = None
    amount: int = Field(validation_alias=aliases("amount_total", "amount"))
    currency: str


class OrderLines(Frozen):
    """What was bought in one Checkout session, as the worker has read it at Stripe.

    Args:
        id: the Checkout session.
        lines: the first `MOST_LINES` lines, in Stripe's order.
        more: whether Stripe has more lines.
    """

    id: str
    lines: tuple[OrderLine, ...]
    more: bool = False
