"""Orders whose lines Billhook asks Stripe for: the policy, what Stripe lists, and the message that brings it back."""

from typing import Any

from functions.effects.perform.observer import observation_message
from shared.effects.observe import Observe
from shared.policy.plans_file import parse_plans
from shared.policy.policy import Policy
from shared.runtime.business import PLANS
from shared.stripe_objects.event import Event, read_event
from tests.support.samples import sample

WITH_LINES = Policy(plans=parse_plans(PLANS.read_text() + '\n[orders]\nlines = "stripe"\n'))
PAID = sample("checkout.session.completed")
SESSION = PAID.object["id"]
AT_STRIPE: list[dict[str, Any]] = [
    {
        "price": {"id": "price_1URepr", "product": "prod_Tq3Wd8", "lookup_key": "print_a2"},
        "quantity": 3,
        "amount_total": 6300,
        "currency": "usd",
    },
    {
        "price": {"id": "price_1UFrame", "product": "prod_Tq3We1", "lookup_key": None},
        "quantity": 1,
        "amount_total": 2100,
        "currency": "usd",
    },
]
"""The lines of the sample order, as the worker sends them."""


def look(asking: Event) -> Observe:
    """The question for the lines that `asking`, an event about a Checkout session, brings up."""
    customer = asking.object["customer"]
    about = asking.object["id"]
    return Observe(object="order_lines", account=asking.account, id=about, event=asking.id, customer=customer)


def answered(asking: Event, after: int = 60, lines: list[dict[str, Any]] = AT_STRIPE, *, more: bool = False) -> Event:
    """What the worker sends back, having read the lines at Stripe `after` seconds."""
    asked = look(asking)
    owner = {"customer": asked.customer} if asked.customer else {}
    found = {"object": "order_lines", "id": asked.id, **owner, "lines": lines, "more": more}
    return read_event(observation_message(asked, found, asking.created + after))
