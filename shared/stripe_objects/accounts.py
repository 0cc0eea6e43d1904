"""What Billhook reads of a customer, a connected account, and its payouts.

See objects.py for how a field lists its places.
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
        """Whether a default payment method is on file, for invoices without one of their own."""
        return bool(self.payment_method or self.source)


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
    """Why Stripe has disabled the account, as a code: https://docs.stripe.com/api/accounts/object."""
    payout_interval: str | None = Field(
        default=None, validation_alias=aliases("settings.payouts.schedule.interval", "payout_interval")
    )

    @property
    def requirements_digest(self) -> str:
        """A digest of the requirements, their date and their effect. A waiting mail still applies if it is the same."""
        return keys.digest(*sorted(self.due), str(self.due_at), str(bool(self.overdue)), str(self.disabled))

    @property
    def rejected(self) -> bool:
        """Whether Stripe or the platform has rejected the account for good; nothing the holder does changes that."""
        return (self.disabled or "").startswith("rejected.")

    @property
    def has_requirements(self) -> bool:
        """Whether the holder has finished the first form and can now hand in something that is due."""
        return self.details_submitted and bool(self.due) and not self.rejected

    def requires_more_than(self, before: "Account | None") -> bool:
        """Whether Stripe requires more than in `before`: another detail, an earlier date, or something now overdue."""
        if not self.has_requirements:
            return False
        if before is None or not before.has_requirements:
            return True
        sooner = self.due_at is not None and (before.due_at is None or self.due_at < before.due_at)
        later_than_due = bool(set(self.overdue) - set(before.overdue))
        stopped = self.disabled is not None and before.disabled is None
        return bool(set(self.due) - set(before.due)) or sooner or later_than_due or stopped


class Capability(Snapshot):
    """A right of a connected account, such as `card_payments` (https://docs.stripe.com/api/capabilities/object)."""

    id: str
    status: str
    disabled: str | None = Field(default=None, validation_alias=aliases("requirements.disabled_reason", "disabled"))

    @property
    def rank(self) -> int:
        """How far the object is in its life; decides between candidates that are equal otherwise."""
        return position(self.status, "unrequested", "pending", "inactive", "active")


class Payout(Snapshot):
    """A payout (https://docs.stripe.com/api/payouts/object); it names no address."""

    id: str
    amount: int
    currency: str
    status: str
    arrival_date: int
    automatic: bool | None = None
    """Whether the account's payout schedule made the payout; None if unknown."""
    original_payout: MaybeId = None
    """The payout that this payout reverses."""
    failure_code: str | None = None
    created: int

    @property
    def final(self) -> bool:
        """A failed payout stays failed; a paid payout may still fail."""
        return self.status in {"failed", "canceled"}

    @property
    def rank(self) -> int:
        """How far the object is in its life; decides between candidates that are equal otherwise."""
        return position(self.status, "pending", "in_transit", "paid", "canceled", "failed")
