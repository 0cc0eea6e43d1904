"""The plans in `business/plans.toml`: they turn a customer's subscriptions into a plan, features and limits."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from shared.stripe_objects.subscriptions import Subscription, SubscriptionItem
from shared.values.frozen import Frozen

type Limit = Annotated[int, Field(strict=True, ge=0)]
"""A number, so neither `true` nor "5"; limits are added, so none is below 0."""


class Plan(Frozen):
    """A plan or an add-on.

    Args:
        match: the prices, products or lookup keys that mean it; the default plan needs none.
        features: the names of the features that it switches on.
        limits: limits of one unit, which count times the quantity.
        flat_limits: limits that count once, however large the quantity.
    """

    model_config = ConfigDict(extra="forbid")

    match: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    limits: Mapping[str, Limit] = {}
    flat_limits: Mapping[str, Limit] = {}

    @property
    def for_one(self) -> Mapping[str, int]:
        """The limits of one unit."""
        names = (*self.limits, *self.flat_limits)
        return {name: self.limits.get(name, 0) + self.flat_limits.get(name, 0) for name in names}


class AccessRules(Frozen):
    """When a subscription gives access.

    Args:
        statuses: Stripe's statuses of a subscription that gives access.
        grace_days: how long a failed payment leaves access, in days; None for as long as the status gives access.
        limits_in_grace: whose limits a late subscription gives meanwhile: its own plan's, or the default plan's.
        metadata: the keys of a subscription's metadata that an access item shows.
    """

    model_config = ConfigDict(extra="forbid")

    statuses: frozenset[Literal["trialing", "active", "past_due"]] = frozenset({"trialing", "active", "past_due"})
    grace_days: Annotated[int, Field(strict=True, ge=0)] | None = None
    limits_in_grace: Literal["plan", "default"] = "plan"
    metadata: tuple[str, ...] = ()


class OrderRules(Frozen):
    """What Billhook finds out about orders.

    Args:
        lines: `stripe` if Billhook asks Stripe what was bought in each paid order; None if nobody needs it.
    """

    model_config = ConfigDict(extra="forbid")

    lines: Literal["stripe"] | None = None


class Plans(Frozen):
    """All plans and add-ons by name, in the order of the file.

    Args:
        default: the plan of a customer without access.
        features: all features that plans may have; empty if the file lists none. `stripe` if Stripe's entitlements are
            the features of subscriptions; those of a plan then count for grants and for the default plan.
        access: when a subscription gives access.
        orders: what Billhook finds out about orders.
        plans: the plans.
        add_ons: the add-ons.
    """

    model_config = ConfigDict(extra="forbid")

    default: str | None = None
    features: Literal["stripe"] | tuple[str, ...] = ()
    access: AccessRules = AccessRules()
    orders: OrderRules = OrderRules()
    plans: Mapping[str, Plan] = {}
    add_ons: Mapping[str, Plan] = {}

    @model_validator(mode="after")
    def _knows_the_default(self) -> Self:
        if self.default is not None and self.default not in self.plans:
            raise ValueError(f"default = {self.default!r} names no plan of this file")
        return self

    def plan_of(self, subscriptions: Iterable[Subscription], granted: str | None = None) -> str | None:
        """The name of the customer's plan; if there are several, the last in the file, which is the largest."""
        bought = {self._name(self.plans, item) for item in _items(subscriptions) if item.quantity != 0} | {granted}
        return next((name for name in reversed(list(self.plans)) if name in bought), None)

    def features_of(
        self, subscriptions: Iterable[Subscription], granted: str | None = None, entitled: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """The features of all subscriptions with access and of the granted plan, sorted.

        With `features = "stripe"`, a customer who subscribes has the features in `entitled`, which Stripe tells.
        """
        items = list(_items(subscriptions))
        names = set() if self.by_stripe else {self._name(self.all, item) for item in items if item.quantity != 0}
        plans = [self.all.get(name or "", Plan()) for name in names | {granted}]
        told = entitled if self.by_stripe and items else ()
        return tuple(sorted({*told, *(feature for plan in plans for feature in plan.features)}))

    @property
    def by_stripe(self) -> bool:
        """Whether Stripe's entitlements are the features of subscriptions."""
        return self.features == "stripe"

    def limits_of(self, subscriptions: Iterable[Subscription], granted: str | None = None) -> Mapping[str, int]:
        """The sum of the limits of all subscriptions with access; `limits` count times the quantity of their item.

        Of a limit that the granted plan has, too, the higher number counts; a grant counts as one unit.
        """
        limits: Counter[str] = Counter()
        for item in _items(subscriptions):
            name = self._name(self.all, item)
            plan = self.all[name] if name else Plan()
            for limit, number in plan.limits.items():
                limits[limit] += number * (item.quantity if item.quantity is not None else 1)
            for limit, number in plan.flat_limits.items() if item.quantity != 0 else ():
                limits[limit] += number
        for limit, number in self.plans.get(granted or "", Plan()).for_one.items():
            limits[limit] = max(number, limits.get(limit, number))
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


def _items(subscriptions: Iterable[Subscription]) -> Iterable[SubscriptionItem]:
    """The items of the subscriptions with access."""
    return (item for one in subscriptions if one.gives_access for item in one.items)
