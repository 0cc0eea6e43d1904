"""The record of one payment: its intent, charge, refunds and disputes, and what it was for.

It lies under the id that all of its events carry, the payment intent's (or the charge's, where there is none), since a
dispute names no customer: so nothing has to be found first, nor moved later. A `Pointer` leads to it from its customer.
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
    """What a payment was for, and whose it is; None tells nothing."""

    customer: str | None
    session: str | None
    buyer: str | None
    order: str | None
    reference: str | None
    invoice: str | None


class Payment(Record):
    """One payment; `subject` is its intent's id. What stands before its facets are facts that never change."""

    customer: str | None = None
    session: str | None = None
    buyer: str | None = None
    """Whose partition its session's order lies in: the customer's, or a guest's session."""
    order: str | None = None
    """The business's own id of the order, as metadata carries it."""
    reference: str | None = None
    """The business's own id of the buyer, as the Checkout session carried it."""
    invoice: str | None = None
    delayed: bool = False
    """Whether it was ever on its way for a while: it then fails when the customer is not there to see it."""
    intent: Facet[PaymentIntent] | None = None
    charge: Facet[Charge] | None = None
    refunds: Mapping[str, Facet[Refund]] = {}
    steps: tuple[RefundStep, ...] = ()
    """Each refund as the charge's total told of it."""
    disputes: Mapping[str, Facet[Dispute]] = {}
    warnings: Mapping[str, Facet[FraudWarning]] = {}

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.PAYMENT

    @property
    def purpose(self) -> Literal["order", "invoice", "unknown"]:
        """What it was for, as far as anything has told."""
        if self.session or self.order:
            return "order"
        return "invoice" if self.invoice else "unknown"

    @property
    def status(self) -> Status:
        """What came of it."""
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
        """Whether its money was collected, as the intent or the charge tells."""
        return self.status == "succeeded" or (self.charge is not None and self.charge.value.collected > 0)

    @property
    def failed_unseen(self) -> bool:
        """Whether it failed when the customer was not there: it was on its way for days, or a voucher expired."""
        return self.status == "failed" and (self.delayed or (self.intent is not None and self.intent.value.expired))

    @property
    def told_as_order(self) -> bool:
        """Whether its failure is told to a customer as that of the business's own order, without a session."""
        return self.failed_unseen and self.order is not None and self.customer is not None

    @property
    def held(self) -> bool:
        """Whether a dispute holds its money back."""
        return any(facet.value.holds for facet in self.disputes.values())

    @property
    def disputed(self) -> bool:
        """Whether a dispute is still being decided."""
        return any(facet.value.open for facet in self.disputes.values())

    @property
    def refunding(self) -> bool:
        """Whether a refund is under way."""
        return any(facet.value.under_way for facet in self.refunds.values())

    @property
    def awaits_settlement(self) -> bool:
        """Whether a dispute is still being decided, or a refund is under way."""
        return self.disputed or self.refunding

    @property
    def refunded(self) -> int:
        """How much went back, in minor units: the charge's own total, less what failed to arrive after that."""
        done = sum(facet.value.amount for facet in self.refunds.values() if not facet.value.never_arrived)
        if self.charge is None:
            return done
        since = self.charge.second
        undone = (facet for facet in self.refunds.values() if facet.value.never_arrived and facet.second > since)
        # A refund may be told before the charge's new total is.
        return max(self.charge.value.returned - sum(facet.value.amount for facet in undone), done)

    @property
    def refunded_whole(self) -> bool:
        """Whether all that was collected went back."""
        return self.charge is not None and 0 < self.charge.value.collected <= self.refunded

    def with_links(self, **facts: Unpack[PaymentLinks]) -> Self:
        """Itself, knowing whose it is and what it was for, as far as `facts` tell."""
        return self.model_copy(update={name: fact for name, fact in facts.items() if fact is not None})

    def with_intent(self, intent: PaymentIntent, event: Event) -> Self:
        """Itself, having heard what `event` says of `intent`."""
        known = self.with_links(customer=intent.customer, invoice=intent.paid_invoice)
        delayed = self.delayed or intent.status == "processing"
        return known.model_copy(update={"intent": merge(self.intent, event, intent), "delayed": delayed})

    def with_charge(self, charge: Charge, event: Event) -> Self:
        """Itself, having heard what `event` says of `charge`."""
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
        """Itself, having heard what `event` says of `refund`."""
        facet = merge(self.refunds.get(refund.id), event, refund)
        return self.with_links(customer=refund.customer).model_copy(
            update={"refunds": {**self.refunds, refund.id: facet}}
        )

    def with_dispute(self, dispute: Dispute, event: Event) -> Self:
        """Itself, having heard what `event` says of `dispute`."""
        facet = merge(self.disputes.get(dispute.id), event, dispute)
        return self.model_copy(update={"disputes": {**self.disputes, dispute.id: facet}})

    def with_warning(self, warning: FraudWarning, event: Event) -> Self:
        """Itself, having heard what `event` says of an early fraud warning."""
        facet = merge(self.warnings.get(warning.id), event, warning)
        return self.model_copy(update={"warnings": {**self.warnings, warning.id: facet}})

    def dispute(self, dispute_id: str) -> Dispute | None:
        """The dispute as the newest event tells it, if any has."""
        facet = self.disputes.get(dispute_id)
        return facet.value if facet else None
