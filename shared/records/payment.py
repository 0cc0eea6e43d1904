"""The record of one payment: its intent, charge, refunds and disputes, and its purpose.

A dispute names no customer. So the record lies under the id that all events of the payment carry: the payment intent's,
or the charge's if there is no intent. A `PaymentIndex` leads from the customer to it.
"""

from collections.abc import Mapping
from typing import Literal, Self, TypedDict, Unpack

from shared.records.facets import Facet, merge
from shared.records.refund_steps import RefundStep, with_step
from shared.records.stored_record import Record
from shared.stripe_objects.disputes import Dispute, FraudWarning
from shared.stripe_objects.event import Event
from shared.stripe_objects.payments import Charge, PaymentIntent, Refund
from shared.values import keys

type Status = Literal["unknown", "open", "processing", "authorized", "failed", "canceled", "succeeded"]


class PaymentLinks(TypedDict, total=False):
    """The customer and the purpose of a payment; None means unknown."""

    customer: str | None
    session: str | None
    buyer: str | None
    order: str | None
    reference: str | None
    invoice: str | None


class Payment(Record):
    """One payment; `subject` is the id of its intent or charge. The fields before `intent` never change once known."""

    customer: str | None = None
    session: str | None = None
    buyer: str | None = None
    """The subject of the session's order: the customer, or the session itself if the buyer is a guest."""
    order: str | None = None
    """The business's own id of the order, from the metadata."""
    reference: str | None = None
    """The business's own id of the buyer, from the Checkout session."""
    invoice: str | None = None
    delayed: bool = False
    """Whether the payment was ever `processing`; if it fails then, the customer is no longer there to see it."""
    intent: Facet[PaymentIntent] | None = None
    charge: Facet[Charge] | None = None
    refunds: Mapping[str, Facet[Refund]] = {}
    steps: tuple[RefundStep, ...] = ()
    """Each refund, as a step of the charge's refunded total."""
    disputes: Mapping[str, Facet[Dispute]] = {}
    warnings: Mapping[str, Facet[FraudWarning]] = {}
    erased_at: int | None = None
    """When the customer was erased, in epoch seconds; such a record names no person, and expires."""

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.PAYMENT

    @property
    def purpose(self) -> Literal["order", "invoice", "unknown"]:
        """What the payment was for, as far as events have told."""
        if self.session or self.order:
            return "order"
        return "invoice" if self.invoice else "unknown"

    @property
    def status(self) -> Status:
        """The state of the payment, from its intent and its charge."""
        intent = self.intent.value if self.intent else None
        if intent and intent.status == "succeeded":
            return "succeeded"
        if (intent and intent.status == "canceled") or (self.charge and self.charge.value.released):
            return "canceled"
        if intent is None:
            return "unknown"
        under_way: Mapping[str, Status] = {"processing": "processing", "requires_capture": "authorized"}
        return under_way.get(intent.status, "failed" if intent.refusal else "open")

    @property
    def collected(self) -> bool:
        """Whether the money was collected, by its intent or its charge."""
        return self.status == "succeeded" or (self.charge is not None and self.charge.value.collected > 0)

    @property
    def failed_unseen(self) -> bool:
        """Whether the payment failed while the customer was away: after days of processing, or as a voucher expired."""
        return self.status == "failed" and (self.delayed or (self.intent is not None and self.intent.value.expired))

    @property
    def told_as_order(self) -> bool:
        """Whether a mail tells the customer that the payment of the business's own order failed."""
        return self.failed_unseen and self.order is not None and self.customer is not None

    @property
    def held(self) -> bool:
        """Whether a dispute holds the money back."""
        return any(facet.value.holds for facet in self.disputes.values())

    @property
    def disputed(self) -> bool:
        """Whether a dispute is open."""
        return any(facet.value.open for facet in self.disputes.values())

    @property
    def refunding(self) -> bool:
        """Whether a refund is under way."""
        return any(facet.value.under_way for facet in self.refunds.values())

    @property
    def awaits_settlement(self) -> bool:
        """Whether a dispute is open or a refund is under way."""
        return self.disputed or self.refunding

    @property
    def refunded(self) -> int:
        """The refunded amount, in minor units: the charge's total, less the refunds that failed after it."""
        done = sum(facet.value.amount for facet in self.refunds.values() if not facet.value.never_arrived)
        if self.charge is None:
            return done
        since = self.charge.second
        undone = (facet for facet in self.refunds.values() if facet.value.never_arrived and facet.second > since)
        # The event of a refund may come before the charge's new total.
        return max(self.charge.value.returned - sum(facet.value.amount for facet in undone), done)

    @property
    def refunded_whole(self) -> bool:
        """Whether the whole collected amount was refunded."""
        return self.charge is not None and 0 < self.charge.value.collected <= self.refunded

    def with_links(self, **facts: Unpack[PaymentLinks]) -> Self:
        """A copy with the known ones among `facts`: customer, order, invoice and so on."""
        return self.model_copy(update={name: fact for name, fact in facts.items() if fact is not None})

    def with_intent(self, intent: PaymentIntent, event: Event) -> Self:
        """A copy updated with what `event` says about `intent`."""
        known = self.with_links(customer=intent.customer, invoice=intent.paid_invoice)
        delayed = self.delayed or intent.status == "processing"
        return known.model_copy(update={"intent": merge(self.intent, event, intent), "delayed": delayed})

    def with_charge(self, charge: Charge, event: Event) -> Self:
        """A copy updated with what `event` says about `charge`."""
        known = self.with_links(customer=charge.customer)
        charge = charge.model_copy(update={"expired": event.type == "charge.expired"})
        steps = self.steps
        if event.type == "charge.refunded":
            before = (event.data.previous_attributes or {}).get("amount_refunded")
            step = RefundStep(
                at=event.created,
                before=charge.returned_of(before) if isinstance(before, int) else 0,
                total=charge.returned,
            )
            steps = with_step(steps, step)
        return known.model_copy(update={"charge": merge(self.charge, event, charge), "steps": steps})

    def with_refund(self, refund: Refund, event: Event) -> Self:
        """A copy updated with what `event` says about `refund`."""
        facet = merge(self.refunds.get(refund.id), event, refund)
        return self.with_links(customer=refund.customer).model_copy(
            update={"refunds": {**self.refunds, refund.id: facet}}
        )

    def with_dispute(self, dispute: Dispute, event: Event) -> Self:
        """A copy updated with what `event` says about `dispute`."""
        facet = merge(self.disputes.get(dispute.id), event, dispute)
        return self.model_copy(update={"disputes": {**self.disputes, dispute.id: facet}})

    def with_warning(self, warning: FraudWarning, event: Event) -> Self:
        """A copy updated with what `event` says about an early fraud warning."""
        facet = merge(self.warnings.get(warning.id), event, warning)
        return self.model_copy(update={"warnings": {**self.warnings, warning.id: facet}})

    def began_by(self, at: int) -> bool:
        """Whether an event until `at`, in epoch seconds, told of the payment."""
        facets = (self.intent, self.charge, *self.refunds.values(), *self.disputes.values())
        return any(facet is not None and facet.second <= at for facet in facets)

    def dispute(self, dispute_id: str) -> Dispute | None:
        """The dispute as the newest event tells it; None if unknown."""
        facet = self.disputes.get(dispute_id)
        return facet.value if facet else None
