"""What Billhook reads of an invoice, an upcoming invoice, and a credit note; see objects.py."""

from typing import Self

from pydantic import Field

from shared.stripe_objects.fields import Id, MaybeId, aliases, position
from shared.stripe_objects.snapshot import Snapshot
from shared.values.frozen import Frozen


class Invoice(Snapshot):
    """An invoice (https://docs.stripe.com/api/invoices/object); its address is read as a `Contact`."""

    id: str
    customer: Id
    subscription: MaybeId = Field(
        default=None, validation_alias=aliases("parent.subscription_details.subscription", "subscription")
    )
    status: str
    currency: str
    number: str | None = None
    amount_due: int
    amount_paid: int = 0
    amount_remaining: int
    amount_overpaid: int = 0
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
        default=None, validation_alias=aliases("last_finalization_error.code", "finalization_error")
    )

    @property
    def kept(self) -> Self:
        """A copy without the links that no later mail shows, to keep the stored organization small."""
        links = {"invoice_pdf": None} | ({"hosted_invoice_url": None} if self.final else {})
        return self.model_copy(update=links)

    @property
    def by_hand(self) -> bool:
        """Whether the customer pays the invoice by hand, by its due date; otherwise Stripe charges it."""
        return self.collection_method == "send_invoice"

    @property
    def unpaid(self) -> bool:
        """Whether Stripe tried to charge the invoice and it is still open; the customer's own attempts do not count."""
        return self.status == "open" and self.attempted and not self.by_hand

    @property
    def to_be_paid_at(self) -> int:
        """When it was to be paid, in epoch seconds: by its due date, or at once if Stripe charges it."""
        return self.due_date if self.by_hand and self.due_date else self.created

    @property
    def first(self) -> bool:
        """Whether this is the first invoice of a subscription, which starts only when it is paid."""
        return self.billing_reason == "subscription_create"

    @property
    def final(self) -> bool:
        """Whether its status can never change again; an uncollectible invoice may still be paid."""
        return self.status in {"paid", "void"}

    @property
    def rank(self) -> int:
        """How far the invoice is in its life, with its attempts; decides between otherwise equal candidates."""
        return position(self.status, "draft", "open", "uncollectible", "void", "paid") * 1000 + self.attempt_count


class CreditNote(Snapshot):
    """A credit note (https://docs.stripe.com/api/credit_notes/object); `pre_payment_amount` lowers what is owed."""

    id: str
    customer: Id
    invoice: Id
    currency: str
    pre_payment_amount: int = 0
    status: str
    created: int


class UpcomingInvoice(Frozen):
    """An upcoming invoice (https://docs.stripe.com/api/invoices/create_preview); it has no id yet."""

    customer: Id
    subscription: MaybeId = Field(
        default=None, validation_alias=aliases("parent.subscription_details.subscription", "subscription")
    )
    amount_due: int
    currency: str
    created: int
    next_payment_attempt: int | None = None
    period_start: int
    period_end: int

    @property
    def charged_at(self) -> int:
        """When Stripe charges it, in epoch seconds."""
        return self.next_payment_attempt or self.created

    @property
    def yearly(self) -> bool:
        """Whether its billing period is about a year."""
        return self.period_end - self.period_start > 300 * 24 * 3600
