"""What Billhook reads of a subscription: its items, its state and its next dates; see objects.py."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator, model_validator

from shared.stripe_objects.fields import Id, MaybeId, aliases, position
from shared.stripe_objects.snapshot import Snapshot
from shared.values.frozen import Frozen

DAYS = {"day": 1, "week": 7, "month": 30, "year": 360}
"""The length of a price's interval in days; a year counts as 360 days, so that 52 weeks make a year, too."""


class SubscriptionItem(Frozen):
    """One price of a subscription and its quantity; a metered price has none."""

    price: Id
    product: MaybeId = Field(default=None, validation_alias=aliases("price.product", "product"))
    quantity: int | None = None
    lookup_key: str | None = Field(default=None, validation_alias=aliases("price.lookup_key", "lookup_key"))
    interval: str | None = Field(default=None, validation_alias=aliases("price.recurring.interval", "interval"))
    interval_count: int = Field(default=1, validation_alias=aliases("price.recurring.interval_count", "interval_count"))
    unit_amount: int | None = Field(default=None, validation_alias=aliases("price.unit_amount", "unit_amount"))
    currency: str | None = Field(default=None, validation_alias=aliases("price.currency", "currency"))
    packaged: bool = Field(default=False, validation_alias=aliases("price.transform_quantity", "packaged"))
    """Whether Stripe divides the quantity into packages before it charges."""
    current_period_end: int | None = None
    earlier_keys: frozenset[str] = frozenset()
    """Earlier lookup keys of the price, which a record knows."""

    @field_validator("packaged", mode="before")
    @classmethod
    def _is_packaged(cls, transformed: object) -> bool:
        return bool(transformed)

    @property
    def amount(self) -> int | None:
        """The cost of one period, in minor units; None if tiers, packages or usage decide."""
        known = self.unit_amount is not None and self.quantity is not None and not self.packaged
        return (self.unit_amount or 0) * (self.quantity or 0) if known else None

    @property
    def term(self) -> str | None:
        """The longest unit within its period: 12 months are a `year`, 90 days a `month`; None if unknown."""
        days = DAYS.get(self.interval or "", 0) * self.interval_count
        return next((unit for unit, length in reversed(DAYS.items()) if days >= length), None)


class Subscription(Snapshot):
    """A subscription (https://docs.stripe.com/api/subscriptions/object)."""

    id: str
    customer: Id
    status: str
    items: tuple[SubscriptionItem, ...] = Field(validation_alias=aliases("items.data", "items"))
    has_more: bool = Field(default=False, validation_alias=aliases("items.has_more", "has_more"))
    """Whether there are more items than in `items`: an event embeds ten only."""
    current_period_end: int | None = None
    created: int | None = None
    start_date: int
    trial_start: int | None = None
    trial_end: int | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    ended_at: int | None = None
    paused: bool = Field(default=False, validation_alias=aliases("pause_collection", "paused"))
    resumes_at: int | None = Field(default=None, validation_alias=aliases("pause_collection.resumes_at", "resumes_at"))
    reason: str | None = Field(default=None, validation_alias=aliases("cancellation_details.reason", "reason"))
    collection_method: str = "charge_automatically"
    payment_method: MaybeId = Field(default=None, validation_alias=aliases("default_payment_method", "payment_method"))
    without_method: str | None = Field(
        default=None, validation_alias=aliases("trial_settings.end_behavior.missing_payment_method", "without_method")
    )
    """What Stripe does at the trial's end without a payment method: `cancel`, `pause` or `create_invoice`."""
    adjusted: bool = False
    """Whether discounts or taxes change the cost of its items."""
    metadata: Mapping[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _as_stripe_tells(cls, told: Any) -> Any:  # noqa: ANN401 - any JSON, which pydantic judges
        """Read `adjusted` and the payment method from several fields; the stored form has them already."""
        if not isinstance(told, Mapping) or "object" not in told:
            return told
        listed = told.get("items")
        items = listed.get("data") if isinstance(listed, Mapping) else ()
        priced = [told, *(item for item in items or () if isinstance(item, Mapping))]
        tax = told.get("automatic_tax")
        adjusted = (isinstance(tax, Mapping) and tax.get("enabled")) or any(
            one.get(field) for one in priced for field in ("discount", "discounts", "default_tax_rates", "tax_rates")
        )
        method = told.get("default_payment_method") or told.get("default_source")
        return {**told, "default_payment_method": method, "adjusted": bool(adjusted)}

    @field_validator("paused", mode="before")
    @classmethod
    def _has_pause(cls, pause: object) -> bool:
        return bool(pause)

    @property
    def begun_at(self) -> int:
        """When the subscription really began, in epoch seconds: `start_date` may be backdated."""
        return max(self.created or 0, self.start_date)

    @property
    def ends_at(self) -> int | None:
        """When it will end, in epoch seconds; None if it renews. The customer portal may set `cancel_at` alone."""
        return self.cancel_at or (self.renews_at if self.cancel_at_period_end else None)

    @property
    def renews_at(self) -> int | None:
        """When the next item renews, in epoch seconds; a cancellation at the period's end takes effect then, too."""
        ends = [item.current_period_end for item in self.items if item.current_period_end]
        return min(ends) if ends else self.current_period_end

    def ends_by(self, moment: int) -> bool:
        """Whether it ends at `moment` or before; a fixed term renews until its last period."""
        return self.ends_at is not None and self.ends_at <= moment

    @property
    def quantities(self) -> tuple[tuple[str, int | None], ...]:
        """Each price and its quantity, sorted; repeated prices stay."""
        return tuple(sorted(((item.price, item.quantity) for item in self.items), key=str))

    @property
    def prices(self) -> frozenset[str]:
        """Its prices. New prices mean another plan; new quantities mean another number of seats."""
        return frozenset(item.price for item in self.items)

    @property
    def amount(self) -> int | None:
        """The cost of all items, in minor units, before discounts and taxes; None if one is unknown."""
        amounts = [item.amount for item in self.items]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if len(known) == len(amounts) and not self.has_more else None

    @property
    def currency(self) -> str | None:
        """The currency of its prices; Stripe allows only one."""
        return next((item.currency for item in self.items if item.currency), None)

    @property
    def gives_access(self) -> bool:
        """Whether it gives access now: https://docs.stripe.com/billing/subscriptions/overview lists the statuses."""
        return self.status in {"trialing", "active", "past_due"}

    @property
    def is_on_hold(self) -> bool:
        """Whether it gives no access now but may give it again."""
        return self.status in {"paused", "unpaid"}

    @property
    def never_started(self) -> bool:
        """Whether its first payment has not come, or never came."""
        return self.status in {"incomplete", "incomplete_expired"}

    @property
    def final(self) -> bool:
        """Whether its status can never change again."""
        return self.status in {"canceled", "incomplete_expired"}

    @property
    def rank(self) -> int:
        """How far the object is in its life; decides between candidates that are equal otherwise."""
        return position(self.status, "incomplete", "trialing", "active", "past_due", "paused", "unpaid")


def period_start_in(obj: Mapping[str, Any]) -> int | None:
    """When the newest period of a subscription began, in epoch seconds, as Stripe's object tells; None if it is none.

    No record keeps it, because only news of a period needs it.
    """
    if obj.get("object") != "subscription":
        return None
    items = obj.get("items")
    listed = items.get("data") if isinstance(items, Mapping) else None
    told = [obj, *(listed if isinstance(listed, list) else ())]
    starts = [one.get("current_period_start") for one in told if isinstance(one, Mapping)]
    return max((start for start in starts if isinstance(start, int)), default=None)
