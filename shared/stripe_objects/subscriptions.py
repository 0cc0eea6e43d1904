"""What we read of a subscription: its items, its state, and what comes of it next; as in `stripe_objects`."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator, model_validator

from shared.stripe_objects.fields import Id, MaybeId, aliases, position
from shared.stripe_objects.snapshot import Snapshot
from shared.values.frozen import Frozen

DAYS = {"day": 1, "week": 7, "month": 30, "year": 360}
"""How long an interval of a price is, in days, counted as twelve months of thirty days: 52 weeks reach a year, too."""


class SubscriptionItem(Frozen):
    """One price of a subscription and how many of it; a metered price has no quantity."""

    price: Id
    product: MaybeId = Field(default=None, validation_alias=aliases("price.product", "product"))
    quantity: int | None = None
    lookup_key: str | None = Field(default=None, validation_alias=aliases("price.lookup_key", "lookup_key"))
    interval: str | None = Field(default=None, validation_alias=aliases("price.recurring.interval", "interval"))
    interval_count: int = Field(default=1, validation_alias=aliases("price.recurring.interval_count", "interval_count"))
    unit_amount: int | None = Field(default=None, validation_alias=aliases("price.unit_amount", "unit_amount"))
    currency: str | None = Field(default=None, validation_alias=aliases("price.currency", "currency"))
    packaged: bool = Field(default=False, validation_alias=aliases("price.transform_quantity", "packaged"))
    """Whether the quantity is divided before it is charged, as packages are."""
    current_period_end: int | None = None
    earlier_keys: frozenset[str] = frozenset()
    """The lookup keys that its price had before, where a record has heard of them."""

    @field_validator("packaged", mode="before")
    @classmethod
    def _is_packaged(cls, transformed: object) -> bool:
        return bool(transformed)

    @property
    def amount(self) -> int | None:
        """What a period of it costs, in minor units; None where tiers, packages or usage decide."""
        known = self.unit_amount is not None and self.quantity is not None and not self.packaged
        return (self.unit_amount or 0) * (self.quantity or 0) if known else None

    @property
    def term(self) -> str | None:
        """The longest unit that its period reaches: 12 months are a `year`, 90 days a `month`; None if unknown."""
        days = DAYS.get(self.interval or "", 0) * self.interval_count
        return next((unit for unit, length in reversed(DAYS.items()) if days >= length), None)


class Subscription(Snapshot):
    """A subscription (https://docs.stripe.com/api/subscriptions/object)."""

    id: str
    customer: Id
    status: str
    items: tuple[SubscriptionItem, ...] = Field(validation_alias=aliases("items.data", "items"))
    has_more: bool = Field(default=False, validation_alias=aliases("items.has_more", "has_more"))
    """Whether `items` are only the first ten, which is all that an event embeds."""
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
    """What Stripe does at the trial's end if there is no payment method: `cancel`, `pause` or `create_invoice`."""
    adjusted: bool = False
    """Whether discounts or taxes change what its items cost."""
    metadata: Mapping[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _as_stripe_tells(cls, told: Any) -> Any:  # noqa: ANN401 - any JSON, which pydantic judges
        """Read what several fields say together; our own stored form has it already."""
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
        """When it began in earnest, in epoch seconds: `start_date` may be backdated."""
        return max(self.created or 0, self.start_date)

    @property
    def ends_at(self) -> int | None:
        """When it will end, if that was asked for; the customer portal may set `cancel_at` alone."""
        return self.cancel_at or (self.renews_at if self.cancel_at_period_end else None)

    @property
    def renews_at(self) -> int | None:
        """When something is charged next: of items with different intervals, the earliest, when Stripe also ends it."""
        ends = [item.current_period_end for item in self.items if item.current_period_end]
        return min(ends) if ends else self.current_period_end

    def ends_by(self, moment: int) -> bool:
        """Whether it ends at `moment` or before; a fixed term is renewed until its last period."""
        return self.ends_at is not None and self.ends_at <= moment

    @property
    def quantities(self) -> tuple[tuple[str, int | None], ...]:
        """What it is for: each price and how many of it, in order, twice what is there twice."""
        return tuple(sorted(((item.price, item.quantity) for item in self.items), key=str))

    @property
    def prices(self) -> frozenset[str]:
        """Its prices. A plan has changed when these have; other quantities are seats."""
        return frozenset(item.price for item in self.items)

    @property
    def amount(self) -> int | None:
        """What all of its items cost together, in minor units, before discounts and taxes; None if one is unknown."""
        amounts = [item.amount for item in self.items]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if len(known) == len(amounts) and not self.has_more else None

    @property
    def currency(self) -> str | None:
        """The currency of its prices, which Stripe wants to be one."""
        return next((item.currency for item in self.items if item.currency), None)

    @property
    def gives_access(self) -> bool:
        """Whether it gives access: https://docs.stripe.com/billing/subscriptions/overview says which states do."""
        return self.status in {"trialing", "active", "past_due"}

    @property
    def is_on_hold(self) -> bool:
        """Whether it gives no access now, and may give it again."""
        return self.status in {"paused", "unpaid"}

    @property
    def never_started(self) -> bool:
        """Whether it never was more than an attempt, whose first payment is still to come or never came."""
        return self.status in {"incomplete", "incomplete_expired"}

    @property
    def final(self) -> bool:
        """Whether its status can never change again."""
        return self.status in {"canceled", "incomplete_expired"}

    @property
    def rank(self) -> int:
        """How far along its life the status is; breaks a tie that nothing else decides."""
        return position(self.status, "incomplete", "trialing", "active", "past_due", "paused", "unpaid")
