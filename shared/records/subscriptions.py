"""A customer's subscriptions: those that have not ended, and the facts kept about the others."""

from collections.abc import Iterator, Mapping
from typing import Self

from shared.records.customer import CustomerFacts
from shared.records.facets import Facet, merge
from shared.records.past import latest_ends
from shared.stripe_objects.event import Event
from shared.stripe_objects.previous_attributes import subscription_before
from shared.stripe_objects.subscriptions import Subscription

AT_ONCE = 20
"""How many past records one commit makes at most; only an organization of an older version can have more."""
LAST_OVER = 8
"""How many ended subscriptions are named in `over`, the newest."""
LOOKUP_KEYS = 40
"""How many lookup keys of prices are kept, the newest."""


class Subscribed(CustomerFacts):
    """A customer with its subscriptions; an ended subscription is a past record (shared/records/past.py)."""

    subscriptions: Mapping[str, Facet[Subscription]] = {}
    """The subscriptions that have not ended, by id."""
    subscribed: bool = False
    """Whether any event has told of a subscription, ended or not."""
    complete: Mapping[str, Facet[Subscription]] = {}
    """By subscription id, the newest event with all items, if the newest event of all has the first ten only."""
    started: Mapping[str, bool] = {}
    """By id, whether a subscription has started, that is, was ever more than `incomplete`."""
    lookup_keys: Mapping[str, Mapping[str, int]] = {}
    """By price, when an event last showed each lookup key of it, in epoch seconds; a key can move to another price."""
    ended: Mapping[str, Subscription] = {}
    """By id and without items, the canceled subscriptions that may have ended last; a few at most."""
    over: Mapping[str, int] = {}
    """By id, when each of the newest ended subscriptions began, in epoch seconds, whether or not it had started."""

    def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription as the newest event tells it; None if unknown. The event must name an ended one."""
        facet = self.subscriptions.get(subscription_id) or self.ended_subscription(subscription_id).facet
        return facet.value if facet else None

    def with_subscription(self, subscription: Subscription, event: Event) -> Self:
        """A copy updated with what `event` says about `subscription`; an ended subscription becomes a past record."""
        name, kept = subscription.id, self.ended_subscription(subscription.id)
        known = self.subscriptions.get(name) or kept.facet
        facet = merge(known, event, subscription)
        started = {**self.started}
        if kept.started is not None:
            started[name] = kept.started or started.get(name, False)
        if subscription.status != "canceled":
            started[name] = started.get(name, False) or not subscription.never_started
        subscriptions = {name: facet} | {other: one for other, one in self.subscriptions.items() if other != name}
        final = [name for name, one in subscriptions.items() if one.value.final][:AT_ONCE]
        past = {
            name: self.ended_subscription(name).model_copy(
                update={"facet": subscriptions[name], "started": started.get(name)}
            )
            for name in final
        }
        over = {**self.over, **{name: subscriptions[name].value.begun_at for name in final}}
        canceled = {name: _bare(one) for name in final if (one := subscriptions[name].value).status == "canceled"}
        ended = latest_ends({**self.ended, **canceled}, started)
        remaining = {name: one for name, one in subscriptions.items() if name not in past}
        complete = self._complete(known, facet, subscription, event)
        update = {
            "subscriptions": remaining,
            "subscribed": True,
            "complete": {name: one for name, one in complete.items() if name in remaining},
            "started": {name: one for name, one in started.items() if name in remaining or name in ended},
            "lookup_keys": self._lookup_keys(event, subscription, subscription_before(event)),
            "ended": ended,
            "over": dict(sorted(over.items(), key=_by_begin)[-LAST_OVER:]),
            "past": {**self.past, **past},
        }
        return self.model_copy(update=update)

    def _complete(
        self, known: Facet[Subscription] | None, facet: Facet[Subscription], told: Subscription, event: Event
    ) -> Mapping[str, Facet[Subscription]]:
        """The newest complete event of each subscription, unless its newest event is complete."""
        whole = self.complete.get(told.id) or _complete_of(known)
        if not told.has_more:
            whole = merge(whole, event, told)
        others = {name: one for name, one in self.complete.items() if name != told.id}
        return {**others, told.id: whole} if whole and facet.value.has_more else others

    def _lookup_keys(self, event: Event, *told: Subscription | None) -> Mapping[str, Mapping[str, int]]:
        """The newest lookup keys of prices, with those in `told`."""
        heard = {(price, key): at for price, keys in self.lookup_keys.items() for key, at in keys.items()}
        for price, key in _keys_in(*told):
            heard[price, key] = max(event.created, heard.get((price, key), 0))
        newest = sorted(heard, key=lambda pair: (heard[pair], pair))[-LOOKUP_KEYS:]
        by_price: dict[str, dict[str, int]] = {}
        for price, key in sorted(newest):
            by_price.setdefault(price, {})[key] = heard[price, key]
        return by_price


def _complete_of(known: Facet[Subscription] | None) -> Facet[Subscription] | None:
    """`known` with its complete candidates only; None if its winner is incomplete."""
    if known is None or known.value.has_more:
        return None
    complete = tuple(one for one in known.candidates if not one.value.has_more)
    return known.model_copy(update={"candidates": complete})


def _keys_in(*told: Subscription | None) -> Iterator[tuple[str, str]]:
    items = (item for one in told if one for item in one.items)
    yield from ((item.price, item.lookup_key) for item in items if item.lookup_key)


def _by_begin(entry: tuple[str, int]) -> tuple[int, str]:
    return entry[1], entry[0]


def _bare(subscription: Subscription) -> Subscription:
    """The subscription without items and metadata, which its end does not need."""
    return subscription.model_copy(update={"items": (), "metadata": {}})
