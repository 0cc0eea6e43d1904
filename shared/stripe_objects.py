"""What we read of Stripe's objects, in both shapes of its API: before 2025-03-31.basil and since.

Each field lists where it may stand, the newest place first. The last place is our own stored form, so that one model
reads an event and a record alike. Amounts are integers in the currency's minor unit; times are epoch seconds, UTC.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, ValidationError, field_validator

from shared.event import not_as_documented
from shared.frozen import Frozen
from shared.snapshot import Snapshot
from shared.stripe_fields import Id, MaybeId, place, places

DAYS: Mapping[str, int] = {"day": 1, "week": 7, "month": 30, "year": 360}
"""How long an interval of a price is, in days, counted as twelve months of thirty days: 52 weeks reach a year, too."""


class SubscriptionItem(Frozen):
    """One price of a subscription and how many of it."""

    price: Id
    product: MaybeId = Field(default=None, validation_alias=places("price.product", "product"))
    quantity: int | None = None
    lookup_key: str | None = Field(default=None, validation_alias=places("price.lookup_key", "lookup_key"))
    interval: str | None = Field(default=None, validation_alias=places("price.recurring.interval", "interval"))
    interval_count: int = Field(default=1, validation_alias=places("price.recurring.interval_count", "interval_count"))
    current_period_end: int | None = None

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
    items: tuple[SubscriptionItem, ...] = Field(validation_alias=places("items.data", "items"))
    current_period_end: int | None = None
    start_date: int
    trial_start: int | None = None
    trial_end: int | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    ended_at: int | None = None
    paused: bool = Field(default=False, validation_alias=places("pause_collection", "paused"))
    reason: str | None = Field(default=None, validation_alias=places("cancellation_details.reason", "reason"))
    metadata: Mapping[str, str] = {}

    @field_validator("paused", mode="before")
    @classmethod
    def _has_pause(cls, pause: object) -> bool:
        return bool(pause)

    @property
    def ends_at(self) -> int | None:
        """When it will end, if that was asked for; the customer portal may set `cancel_at` alone."""
        return self.cancel_at or (self.renews_at if self.cancel_at_period_end else None)

    @property
    def bought(self) -> frozenset[tuple[str, int | None]]:
        """What it is for: each price and how many of it. A plan has changed when this has."""
        return frozenset((item.price, item.quantity) for item in self.items)

    @property
    def alive(self) -> bool:
        """Whether it gives access: https://docs.stripe.com/billing/subscriptions/overview says which states do."""
        return self.status in {"trialing", "active", "past_due"}

    @property
    def final(self) -> bool:
        """Whether its status can never change again."""
        return self.status in {"canceled", "incomplete_expired"}

    @property
    def rank(self) -> int:
        """How far along its life the status is; breaks a tie that nothing else decides."""
        return place(self.status, "incomplete", "trialing", "active", "past_due", "paused", "unpaid")

    @property
    def renews_at(self) -> int | None:
        """When the next period is charged: its items say so since basil, the subscription before."""
        ends = [item.current_period_end for item in self.items if item.current_period_end]
        return max(ends) if ends else self.current_period_end


class Invoice(Snapshot):
    """An invoice (https://docs.stripe.com/api/invoices/object); who it was addressed to is a `Contact`'s business."""

    id: str
    customer: Id
    subscription: MaybeId = Field(
        default=None, validation_alias=places("parent.subscription_details.subscription", "subscription")
    )
    status: str
    currency: str
    number: str | None = None
    amount_due: int
    amount_paid: int = 0
    amount_remaining: int
    attempted: bool = False
    attempt_count: int = 0
    next_payment_attempt: int | None = None
    due_date: int | None = None
    billing_reason: str | None = None
    collection_method: str = "charge_automatically"
    hosted_invoice_url: str | None = None
    invoice_pdf: str | None = None
    created: int
    finalization_error: str | None = Field(
        default=None, validation_alias=places("last_finalization_error.code", "finalization_error")
    )

    @property
    def kept(self) -> Self:
        """Itself without the links that no later mail shows: an organization is written with each of its events."""
        links = {"invoice_pdf": None} | ({"hosted_invoice_url": None} if self.final else {})
        return self.model_copy(update=links)

    @property
    def unpaid(self) -> bool:
        """Whether a payment was tried and is still owed."""
        return self.status == "open" and self.attempted

    @property
    def final(self) -> bool:
        """Whether its status can never change again; an uncollectible one may yet be paid."""
        return self.status in {"paid", "void"}

    @property
    def rank(self) -> int:
        """How far along its life it is, an attempt further than none; breaks a tie that nothing else decides."""
        return place(self.status, "draft", "open", "uncollectible", "void", "paid") * 1000 + self.attempt_count


class UpcomingInvoice(Frozen):
    """An invoice that is to come (https://docs.stripe.com/api/invoices/create_preview); it has no id yet."""

    customer: Id
    subscription: MaybeId = Field(
        default=None, validation_alias=places("parent.subscription_details.subscription", "subscription")
    )
    amount_due: int
    currency: str
    created: int
    next_payment_attempt: int | None = None
    period_start: int
    period_end: int

    @property
    def yearly(self) -> bool:
        """Whether the period that it closes was about a year."""
        return self.period_end - self.period_start > 300 * 24 * 3600


class Contact(Snapshot):
    """An address and a name as some object carries them; the customer's own, or frozen on an invoice or a session."""

    email: str | None = Field(
        default=None, validation_alias=places("customer_details.email", "customer_email", "email")
    )
    name: str | None = Field(default=None, validation_alias=places("customer_details.name", "customer_name", "name"))
    frozen_at: int | None = Field(default=None, validation_alias=places("status_transitions.finalized_at", "frozen_at"))

    @property
    def as_of(self) -> int | None:
        """An invoice carries the address of the moment it was finalized, however much later an event shows it."""
        return self.frozen_at

    @property
    def rank(self) -> int:
        """An address outranks none."""
        return 1 if self.email else 0


class Reminder(Frozen):
    """What a message of our own carries: the id of what it is about, and whose books to ask."""

    id: str
    customer: str


def read[Model: Frozen](model: type[Model], obj: Mapping[str, Any]) -> Model:
    """`obj` as a `model`.

    Raises:
        Permanent: a field is not as Stripe documents it; names the field, never its value.
    """
    try:
        return model.model_validate(obj)
    except ValidationError as error:
        raise not_as_documented(model.__name__.lower(), error) from None
