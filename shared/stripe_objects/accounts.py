"""What we read of a customer, of a connected account, and of the payouts to one.

As in `stripe_objects`: each field lists where it may stand, the last place being our own stored form.
"""

from collections.abc import Mapping

from pydantic import Field

from shared.stripe_objects.fields import MaybeId, aliases, position
from shared.stripe_objects.snapshot import Snapshot
from shared.values import keys


class Customer(Snapshot):
    """A customer (https://docs.stripe.com/api/customers/object)."""

    id: str
    email: str | None = None
    name: str | None = None
    deleted: bool = False
    payment_method: MaybeId = Field(
        default=None, validation_alias=aliases("invoice_settings.default_payment_method", "payment_method")
    )
    source: MaybeId = Field(default=None, validation_alias=aliases("default_source", "source"))
    metadata: Mapping[str, str] = {}

    @property
    def can_pay(self) -> bool:
        """Whether a payment method is on file, for any invoice that names none of its own."""
        return bool(self.payment_method or self.source)

    @property
    def final(self) -> bool:
        """A deleted customer stays deleted."""
        return self.deleted


class Account(Snapshot):
    """A connected account (https://docs.stripe.com/api/accounts/object)."""

    id: str
    email: str | None = None
    name: str | None = Field(default=None, validation_alias=aliases("business_profile.name", "name"))
    details_submitted: bool = False
    payouts_enabled: bool = False
    due: tuple[str, ...] = Field(default=(), validation_alias=aliases("requirements.currently_due", "due"))
    due_at: int | None = Field(default=None, validation_alias=aliases("requirements.current_deadline", "due_at"))
    overdue: tuple[str, ...] = Field(default=(), validation_alias=aliases("requirements.past_due", "overdue"))
    disabled: str | None = Field(default=None, validation_alias=aliases("requirements.disabled_reason", "disabled"))
    """Why it may not take payments or be paid out: https://docs.stripe.com/api/accounts/object."""
    payout_interval: str | None = Field(
        default=None, validation_alias=aliases("settings.payouts.schedule.interval", "payout_interval")
    )

    @property
    def requirements_digest(self) -> str:
        """A name for what is due and when, and what it stops, by which a mail that waits knows whether it still is."""
        return keys.digest(*sorted(self.due), str(self.due_at), str(bool(self.overdue)), str(self.disabled))

    @property
    def rejected(self) -> bool:
        """Whether Stripe or the platform has rejected it for good: nothing that its holder hands in changes that."""
        return (self.disabled or "").startswith("rejected.")

    @property
    def has_requirements(self) -> bool:
        """Whether its holder, who has been through the first form, can hand in something that is due."""
        return self.details_submitted and bool(self.due) and not self.rejected

    def requires_more_than(self, before: "Account | None") -> bool:
        """Whether it asks for what `before` did not: another detail, an earlier date, or now that it is overdue."""
        if not self.has_requirements:
            return False
        if before is None or not before.has_requirements:
            return True
        sooner = self.due_at is not None and (before.due_at is None or self.due_at < before.due_at)
        later_than_due = bool(set(self.overdue) - set(before.overdue))
        stopped = self.disabled is not None and before.disabled is None
        return bool(set(self.due) - set(before.due)) or sooner or later_than_due or stopped


class Capability(Snapshot):
    """What a connected account may do, such as `card_payments` (https://docs.stripe.com/api/capabilities/object)."""

    id: str
    status: str
    disabled: str | None = Field(default=None, validation_alias=aliases("requirements.disabled_reason", "disabled"))

    @property
    def rank(self) -> int:
        """How far along its life it is; breaks a tie that nothing else decides."""
        return position(self.status, "unrequested", "pending", "inactive", "active")


class Payout(Snapshot):
    """A payout (https://docs.stripe.com/api/payouts/object); it names no address."""

    id: str
    amount: int
    currency: str
    status: str
    arrival_date: int
    automatic: bool | None = None
    """Whether the account's schedule made it; None if unknown."""
    original_payout: MaybeId = None
    """The payout whose money this one takes back."""
    failure_code: str | None = None
    created: int

    @property
    def final(self) -> bool:
        """A failed payout stays failed; one that was paid may still fail."""
        return self.status in {"failed", "canceled"}

    @property
    def rank(self) -> int:
        """How far along its life it is; breaks a tie that nothing else decides."""
        return position(self.status, "pending", "in_transit", "paid", "canceled", "failed")
