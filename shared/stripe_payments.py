"""What we read of a payment: its intent, its charge, what was refunded and what is disputed.

As in `stripe_objects`: each field lists where it may stand, the last place being our own stored form.
"""

from collections.abc import Mapping

from pydantic import Field

from shared.snapshot import Snapshot
from shared.stripe_fields import Id, MaybeId, place, places


class PaymentIntent(Snapshot):
    """A payment intent (https://docs.stripe.com/api/payment_intents/object)."""

    id: str
    customer: MaybeId = None
    status: str
    amount: int
    amount_received: int = 0
    currency: str
    created: int
    invoice: MaybeId = Field(default=None, validation_alias=places("invoice", "payment_details.order_reference"))
    decline_code: str | None = Field(
        default=None,
        # An issuer gives a decline code; other refusals, those of bank debits for one, have only the error's.
        validation_alias=places("last_payment_error.decline_code", "last_payment_error.code", "decline_code"),
    )
    method: str | None = Field(
        default=None,
        validation_alias=places("last_payment_error.payment_method.type", "payment_method_types.0", "method"),
    )
    metadata: Mapping[str, str] = {}

    @property
    def final(self) -> bool:
        """Whether its status can never change again."""
        return self.status in {"succeeded", "canceled"}

    @property
    def rank(self) -> int:
        """How far along its life it is; breaks a tie that nothing else decides."""
        return place(self.status, "requires_payment_method", "requires_action", "processing", "succeeded")

    @property
    def paid_invoice(self) -> str | None:
        """The invoice that it pays; since basil only an undocumented order reference says so here."""
        return self.invoice if self.invoice and self.invoice.startswith("in_") else None


class Charge(Snapshot):
    """A charge (https://docs.stripe.com/api/charges/object); `amount_refunded` is the total so far."""

    id: str
    customer: MaybeId = None
    payment_intent: MaybeId = None
    amount: int
    amount_refunded: int = 0
    currency: str
    receipt_url: str | None = None

    @property
    def rank(self) -> int:
        """The more refunded, the further along."""
        return self.amount_refunded


class Refund(Snapshot):
    """A refund (https://docs.stripe.com/api/refunds/object)."""

    id: str
    customer: MaybeId = None
    charge: MaybeId = None
    payment_intent: MaybeId = None
    amount: int
    currency: str
    status: str | None = None
    failure: str | None = Field(default=None, validation_alias=places("failure_reason", "failure"))

    @property
    def undone(self) -> bool:
        """Whether the money never reached the customer."""
        return self.status in {"failed", "canceled"}

    @property
    def final(self) -> bool:
        """Whether its status can never change again; one that succeeded may still fail."""
        return self.undone

    @property
    def rank(self) -> int:
        """How far along its life it is; breaks a tie that nothing else decides."""
        return place(self.status or "", "requires_action", "pending", "succeeded")


class Dispute(Snapshot):
    """A dispute or an inquiry (https://docs.stripe.com/api/disputes/object); it names no customer."""

    id: str
    charge: Id
    payment_intent: MaybeId = None
    amount: int
    currency: str
    reason: str
    status: str
    due_by: int | None = Field(default=None, validation_alias=places("evidence_details.due_by", "due_by"))

    @property
    def holds(self) -> bool:
        """Whether money is held back: not by an inquiry, nor once it was won, and for good once it was lost."""
        return not self.status.startswith("warning_") and self.status not in {"won", "prevented"}

    @property
    def final(self) -> bool:
        """Whether it is over (https://docs.stripe.com/disputes/how-disputes-work)."""
        return self.status in {"won", "lost", "warning_closed", "prevented"}

    @property
    def rank(self) -> int:
        """How far along its life it is; breaks a tie that nothing else decides."""
        order = ("warning_needs_response", "warning_under_review", "needs_response", "under_review")
        return place(self.status, *order)


class InvoicePayment(Snapshot):
    """Which intent paid which invoice (https://docs.stripe.com/api/invoice-payment/object); names no customer."""

    id: str
    invoice: Id
    payment_intent: MaybeId = Field(default=None, validation_alias=places("payment.payment_intent", "payment_intent"))
