"""What the operator is told of a subscription's prices: unknown to plans.toml, renamed, or not all shown."""

from collections.abc import Iterator

from shared.effects.email import Email
from shared.mails.write import tell_operator
from shared.policy.plans import Plans
from shared.stripe_objects.event import Event
from shared.stripe_objects.subscriptions import Subscription
from shared.values import keys


def price_watch(known: Subscription | None, now: Subscription, event: Event, plans: Plans) -> Iterator[Email]:
    """A mail for each that is new since `known`; of a price once, whoever buys it: it is claimed beside no customer."""
    if known is None or known.quantities != now.quantities:
        for price in plans.unknown_in(now):
            place = keys.partition(event.account, price)
            yield tell_operator(place, "unknown_price", price, event, price=price)
    told = plans.moved_in(known) if known else {}
    for price, name in plans.moved_in(now).items():
        if price not in told:
            place = keys.partition(event.account, price)
            yield tell_operator(place, "price_key_moved", price, event, price=price, plan=name)
    if now.has_more and not (known and known.has_more):
        # It waits for the look at Stripe (shared/decisions/whole_list.py), and goes out if that brought no whole list.
        place = keys.partition(event.account, now.customer)
        yield tell_operator(place, "items_incomplete", now.id, event, subscription=now.id)
