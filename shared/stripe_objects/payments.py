"""What we read of a payment: its intent, its charge and what was refunded.

As in `stripe_objects`: each field lists where it may stand, the last place being our own stored form.
"""

from collections.abc import Mapping

from pydantic import Field

from shared.stripe_objects.fields import Id, MaybeId, aliases, position
from shared.stripe_objects.presentment import Presented
from shared.stripe_objects.snapshot import Snapshot

ATTEMPT_EXPIRED = "payment_intent_payment_attempt_expired"
"""Nobody paid the voucher in time: https://docs.stripe.com/error-codes."""


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
        # An issuer gives a decline code; other refusals, those of bank debits for one, have only the error's.
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
        """How far along its life it is; breaks a tie that nothing else decides."""
        return position(
            self.status, "requires_payment_method", "requires_action", "processing", "requires_capture", "succeeded"
        )

    @property
    def refusal(self) -> str | None:
        """Why the last attempt failed, if it did: Stripe may send an error's decline code as null."""
        return self.decline_code or self.error_code

    @property
    def paid_invoice(self) -> str | None:
        """The invoice that it pays; since basil only an undocumented order reference says so here."""
        return self.invoice if self.invoice and self.invoice.startswith("in_") else None

    @property
    def expired(self) -> bool:
        """Whether it failed because a voucher was not paid in time, with nobody there to see it."""
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
    """Whether the authorization lapsed: the event's type says so."""
    receipt_url: str | None = None

    @property
    def released(self) -> bool:
        """Whether an authorization was given up without a capture: canceled, or lapsed."""
        # https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
        return not self.captured and (self.expired or 0 < self.amount <= self.amount_refunded)

    @property
    def collected(self) -> int:
        """How much was collected, in minor units: nothing of an authorization that was never captured."""
        if not self.captured:
            return 0
        return self.amount if self.amount_captured is None else self.amount_captured

    @property
    def returned(self) -> int:
        """How much was returned so far, in minor units."""
        return self.returned_of(self.amount_refunded)

    def returned_of(self, amount_refunded: int) -> int:
        """How much of `amount_refunded` was returned: Stripe counts there what it released uncaptured, too."""
        return max(0, amount_refunded - (self.amount - self.collected))

    @property
    def rank(self) -> int:
        """The more refunded, the further along."""
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
        """Whether its status can never change again; one that succeeded may still fail."""
        return self.never_arrived

    @property
    def under_way(self) -> bool:
        """Whether the money is neither with the customer nor back yet."""
        return self.status in {"pending", "requires_action"}

    @property
    def rank(self) -> int:
        """How far along its life it is; breaks a tie that nothing else decides."""
        return position(self.status or "", "requires_action", "pending", "succeeded")


class InvoicePayment(Snapshot):
    """Which intent paid which invoice (https://docs.stripe.com/api/invoice-payment/object); names no customer."""

    id: str
    invoice: Id
    payment_intent: MaybeId = Field(default=None, validation_alias=aliases("payment.payment_intent", "payment_intent"))
