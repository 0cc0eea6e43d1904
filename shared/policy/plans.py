"""The plans in `plans.toml`: they turn a customer's subscriptions into a plan and limits."""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from shared.stripe_objects.subscriptions import Subscription, SubscriptionItem
from shared.values.frozen import Frozen


class Plan(Frozen):
    """A plan or an add-on: the prices, products or lookup keys that mean it, and the limits of one unit."""

    match: tuple[str, ...]
    limits: Mapping[str, int] = {}


class Plans(Frozen):
    """All plans and add-ons by name, in the order of the file."""

    plans: Mapping[str, Plan] = {}
    add_ons: Mapping[str, Plan] = {}

    def plan_of(self, subscriptions: Iterable[Subscription]) -> str | None:
        """The name of the customer's plan; if there are several, the last in the file, which is the largest."""
        items = (item for one in subscriptions if one.gives_access for item in one.items if item.quantity != 0)
        bought = {self._name(self.plans, item) for item in items}
        return next((name for name in reversed(list(self.plans)) if name in bought), None)

    def limits_of(self, subscriptions: Iterable[Subscription]) -> Mapping[str, int]:
        """The sum of the limits of all subscriptions with access; each item's limits count times its quantity."""
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
        """By price, the name of each plan or add-on that matches only by an earlier lookup key of the price."""
        names = ((item, self._name(self.all, item)) for item in subscription.items)
        return {item.price: name for item, name in names if name and self._now(self.all, item) is None}

    def described(self, subscription: Subscription) -> str | None:
        """The subscription in words, such as `Studio (5), Print desk`; None if the file does not know a price."""
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
        """The name of an item's plan or add-on; earlier lookup keys of its price count, too."""
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
        tomllib.TOMLDecodeError, pydantic.ValidationError: the file is not as its comments say.
    """
    return Plans.model_validate(tomllib.loads((Path(__file__).parent / "plans.toml").read_text()))
