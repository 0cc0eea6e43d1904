"""The plans of `plans.toml`: which plan and which limits follow from what a customer is subscribed to."""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from shared.stripe_objects.subscriptions import Subscription, SubscriptionItem
from shared.values.frozen import Frozen


class Plan(Frozen):
    """A plan or an add-on: what of Stripe's it stands for, and what one of it allows."""

    match: tuple[str, ...]
    limits: Mapping[str, int] = {}


class Plans(Frozen):
    """All that is sold, by name, in the order of the file."""

    plans: Mapping[str, Plan] = {}
    add_ons: Mapping[str, Plan] = {}

    def plan_of(self, subscriptions: Iterable[Subscription]) -> str | None:
        """The plan's name; of several the one that comes last in the file, which is the largest."""
        items = (item for one in subscriptions if one.gives_access for item in one.items if item.quantity != 0)
        bought = {self._name(self.plans, item) for item in items}
        return next((name for name in reversed(list(self.plans)) if name in bought), None)

    def limits_of(self, subscriptions: Iterable[Subscription]) -> Mapping[str, int]:
        """What all that is alive allows together; each item's limits times its quantity."""
        limits: Counter[str] = Counter()
        for item in (item for one in subscriptions if one.gives_access for item in one.items):
            name = self._name(self.all, item)
            for limit, number in self.all[name].limits.items() if name else ():
                limits[limit] += number * (item.quantity if item.quantity is not None else 1)
        return dict(limits)

    def unknown_in(self, subscription: Subscription) -> tuple[str, ...]:
        """The prices of `subscription` that the file does not know."""
        return tuple(item.price for item in subscription.items if self._name(self.all, item) is None)

    def moved_in(self, subscription: Subscription) -> Mapping[str, str]:
        """The names of what is known only by a lookup key that its price no longer has, by price."""
        names = ((item, self._name(self.all, item)) for item in subscription.items)
        return {item.price: name for item, name in names if name and self._now(self.all, item) is None}

    def described(self, subscription: Subscription) -> str | None:
        """What a subscription is for, in words: `Studio (5), Print desk`; None if a price has no name here."""
        names = [(self._name(self.all, item), item.quantity) for item in subscription.items]
        if not names or subscription.has_more or any(name is None for name, _ in names):
            return None
        shown = ((str(name).replace("_", " ").capitalize(), quantity) for name, quantity in names)
        return ", ".join(name if quantity in {None, 1} else f"{name} ({quantity})" for name, quantity in shown)

    @property
    def all(self) -> Mapping[str, Plan]:
        """Plans and add-ons."""
        return {**self.plans, **self.add_ons}

    @classmethod
    def _name(cls, among: Mapping[str, Plan], item: SubscriptionItem) -> str | None:
        """What an item is called; its price stays known by the lookup keys that it once had."""
        return cls._now(among, item) or cls._first(among, item.earlier_keys)

    @classmethod
    def _now(cls, among: Mapping[str, Plan], item: SubscriptionItem) -> str | None:
        return cls._first(among, {item.price, item.product, item.lookup_key})

    @staticmethod
    def _first(among: Mapping[str, Plan], names: Collection[str | None]) -> str | None:
        return next((name for name, plan in among.items() if not set(names).isdisjoint(plan.match)), None)


def read_plans() -> Plans:
    """The plans in `plans.toml`.

    Raises:
        tomllib.TOMLDecodeError, pydantic.ValidationError: the file is not as its head says.
    """
    return Plans.model_validate(tomllib.loads((Path(__file__).parent / "plans.toml").read_text()))
