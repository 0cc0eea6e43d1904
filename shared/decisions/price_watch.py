"""Mails to the operator about a subscription's prices: unknown to plans.toml, renamed, or not all shown."""

from collections.abc import Iterator
from itertools import islice

from shared.effects.email import Email
from shared.mails.mail import Once
from shared.mails.to_operator import ITEMS_INCOMPLETE, PRICE_KEY_MOVED, UNKNOWN_PRICE
from shared.mails.write import tell_operator
from shared.policy.plans import Plans
from shared.stripe_objects.event import Event
from shared.stripe_objects.subscriptions import Subscription
from shared.values import keys

MOST = 20
"""How many prices of a kind one event tells of: each claims an item, and a transaction of DynamoDB has 100 at most."""


def price_watch(known: Subscription | None, now: Subscription, event: Event, plans: Plans) -> Iterator[Email]:
    """A mail for each price that is new since `known`, once for all customers; at most `MOST` of each kind."""
    if known is None or known.quantities != now.quantities:
        for price in islice(dict.fromkeys(plans.unknown_in(now)), MOST):
            place = keys.partition(event.account, price)
            yield tell_operator(place, UNKNOWN_PRICE, Once(price), event, price=price)
    told = plans.moved_in(known) if known else {}
    moved = ((price, name) for price, name in plans.moved_in(now).items() if price not in told)
    for price, name in islice(moved, MOST):
        place = keys.partition(event.account, price)
        yield tell_operator(place, PRICE_KEY_MOVED, Once(price), event, price=price, plan=name)
    if now.has_more and not (known and known.has_more):
        # It waits for the observation (shared/decisions/whole_list.py), and goes out if the list is still incomplete.
        place = keys.partition(event.account, now.customer)
        yield tell_operator(place, ITEMS_INCOMPLETE, Once(now.id), event, subscription=now.id)
