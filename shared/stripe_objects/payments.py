"""What Billhook reads of a payment: its intent, its charge and its refunds.

See objects.py for how a field lists its places.
"""

from collections.abc import Mapping

from pydantic import Field

from shared.stripe_objects.fields import Id, MaybeId, aliases, position
from shared.stripe_objects.presentment import Presented
from shared.stripe_objects.snapshot import Snapshot

ATTEMPT_EXPIRED = "payment_intent_payment_attempt_expired"
"""The customer did not pay the voucher in time: https://docs.stripe.com/error-codes."""


class PaymentIntent(Presented):
    """A payment intent (https://docs.stripe.com/api/payment_intents/object)."""

    id: str
    customer: MaybeId = None
    status: str
    amount: int
    amount_received: int = 0
    amount_capturable: int = 0
    currency: str
    created: int
    invoice: MaybeId = Field(default=None, validation_alias=aliases("invoice", "payment_details.order_reference"))
    decline_code: str | None = Field(
        default=None,
        # A card issuer gives a decline code; other refusals, such as of a bank debit, have an error code only.
        validation_alias=aliases("last_payment_error.decline_code", "last_payment_error.code", "decline_code"),
    )
    error_code: str | None = Field(default=None, validation_alias=aliases("last_payment_error.code", "error_code"))
    method: str | None = Field(
        default=None,
        validation_alias=aliases("last_payment_error.payment_method.type", "payment_method_types.0", "method"),
    )
    metadata: Mapping[str, str] = {}

    @property
    def final(self) -> bool:
        """Whether its status can never change again."""
        return self.status in {"succeeded", "canceled"}

    @property
    def rank(self) -> int:
        """How far the object is in its life; decides between candidates that are equal otherwise."""
        return position(
            self.status, "requires_payment_method", "requires_action", "processing", "requires_capture", "succeeded"
        )

    @property
    def refusal(self) -> str | None:
        """Why the last attempt failed; None if it did not. Stripe may send the decline code as null."""
        return self.decline_code or self.error_code

    @property
    def paid_invoice(self) -> str | None:
        """The invoice that the intent pays; since basil only an undocumented order reference tells it."""
        return self.invoice if self.invoice and self.invoice.startswith("in_") else None

    @property
    def expired(self) -> bool:
        """Whether it failed because the customer did not pay a voucher in time."""
        return self.error_code == ATTEMPT_EXPIRED


class Charge(Presented):
    """A charge (https://docs.stripe.com/api/charges/object); `amount_refunded` is the total so far."""

    id: str
    customer: MaybeId = None
    payment_intent: MaybeId = None
    amount: int
    amount_captured: int | None = None
    amount_refunded: int = 0
    captured: bool = True
    currency: str
    method: str | None = Field(default=None, validation_alias=aliases("payment_method_details.type", "method"))
    expired: bool = False
    """Whether the authorization lapsed, which only the event's type tells."""
    receipt_url: str | None = None

    @property
    def released(self) -> bool:
        """Whether the authorization was canceled or lapsed before a capture."""
        # https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
        return not self.captured and (self.expired or 0 < self.amount <= self.amount_refunded)

    @property
    def collected(self) -> int:
        """The collected amount, in minor units; 0 before a capture."""
        if not self.captured:
            return 0
        return self.amount if self.amount_captured is None else self.amount_captured

    @property
    def returned(self) -> int:
        """The amount returned so far, in minor units."""
        return self.returned_of(self.amount_refunded)

    def returned_of(self, amount_refunded: int) -> int:
        """The part of `amount_refunded` that was returned; Stripe also counts there what it released uncaptured."""
        return max(0, amount_refunded - (self.amount - self.collected))

    @property
    def rank(self) -> int:
        """The refunded amount: a charge with more refunded is newer."""
        return self.amount_refunded


class Refund(Presented):
    """A refund (https://docs.stripe.com/api/refunds/object)."""

    id: str
    customer: MaybeId = None
    charge: MaybeId = None
    payment_intent: MaybeId = None
    amount: int
    currency: str
    status: str | None = None
    failure: str | None = Field(default=None, validation_alias=aliases("failure_reason", "failure"))

    @property
    def never_arrived(self) -> bool:
        """Whether the money never reached the customer."""
        return self.status in {"failed", "canceled"}

    @property
    def final(self) -> bool:
        """Whether its status can never change again; a succeeded refund may still fail."""
        return self.never_arrived

    @property
    def under_way(self) -> bool:
        """Whether the money has neither reached the customer nor come back."""
        return self.status in {"pending", "requires_action"}

    @property
    def rank(self) -> int:
        """How far the object is in its life; decides between candidates that are equal otherwise."""
        return position(self.status or "", "requires_action", "pending", "succeeded")


class InvoicePayment(Snapshot):
    """Which intent paid which invoice (https://docs.stripe.com/api/invoice-payment/object), without the customer."""

    id: str
    invoice: Id
    payment_intent: MaybeId = Field(default=None, validation_alias=aliases("payment.payment_intent", "payment_intent"))
