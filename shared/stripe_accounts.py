"""What we read of a customer, of a connected account, and of the payouts to one.

As in `stripe_objects`: each field lists where it may stand, the last place being our own stored form.
"""

from collections.abc import Mapping

from pydantic import Field

from shared import keys
from shared.snapshot import Snapshot
from shared.stripe_fields import MaybeId, place, places


class Customer(Snapshot):
    """A customer (https://docs.stripe.com/api/customers/object)."""

    id: str
    email: str | None = None
    name: str | None = None
    deleted: bool = False
    payment_method: MaybeId = Field(
        default=None, validation_alias=places("invoice_settings.default_payment_method", "payment_method")
    )
    source: MaybeId = Field(default=None, validation_alias=places("default_source", "source"))
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
    name: str | None = Field(default=None, validation_alias=places("business_profile.name", "name"))
    details_submitted: bool = False
    payouts_enabled: bool = False
    due: tuple[str, ...] = Field(default=(), validation_alias=places("requirements.currently_due", "due"))
    due_at: int | None = Field(default=None, validation_alias=places("requirements.current_deadline", "due_at"))

    @property
    def demand(self) -> str:
        """A name for what is due and when, so that it is told once."""
        return keys.digest(*sorted(self.due), str(self.due_at))


class Payout(Snapshot):
    """A payout (https://docs.stripe.com/api/payouts/object); it names no address."""

    id: str
    amount: int
    currency: str
    status: str
    arrival_date: int
    failure_code: str | None = None
    created: int

    @property
    def final(self) -> bool:
        """A failed payout stays failed; one that was paid may still fail."""
        return self.status in {"failed", "canceled"}

    @property
    def rank(self) -> int:
        """How far along its life it is; breaks a tie that nothing else decides."""
        return place(self.status, "pending", "in_transit", "paid", "canceled", "failed")
