"""The record of one payment: its intent, charge, refunds and disputes, and what it was for.

It lies under the id that all of its events carry, the payment intent's (or the charge's, where there is none), since a
dispute names no customer: so nothing has to be found first, nor moved later. A `Pointer` leads to it from its customer.
"""

from collections.abc import Mapping
from typing import Literal, Self

from shared import keys
from shared.event import Event
from shared.facets import Facet, merge
from shared.record import Record
from shared.stripe_payments import Charge, Dispute, PaymentIntent, Refund


class Payment(Record):
    """One payment; `subject` is its intent's id. What stands before its facets are facts that never change."""

    customer: str | None = None
    session: str | None = None
    order: str | None = None
    """The business's own id of the order, of one that no Checkout session made."""
    invoice: str | None = None
    intent: Facet[PaymentIntent] | None = None
    charge: Facet[Charge] | None = None
    refunds: Mapping[str, Facet[Refund]] = {}
    disputes: Mapping[str, Facet[Dispute]] = {}

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
    def status(self) -> Literal["unknown", "open", "failed", "succeeded"]:
        """What came of it."""
        if self.intent is None:
            return "unknown"
        if self.intent.value.status == "succeeded":
            return "succeeded"
        return "failed" if self.intent.value.decline_code else "open"

    @property
    def held(self) -> bool:
        """Whether a dispute holds its money back."""
        return any(facet.value.holds for facet in self.disputes.values())

    @property
    def disputed(self) -> bool:
        """Whether a dispute is still being decided."""
        return any(not facet.value.final for facet in self.disputes.values())

    @property
    def refunding(self) -> bool:
        """Whether a refund is under way."""
        return any(facet.value.status in {"pending", "requires_action"} for facet in self.refunds.values())

    @property
    def awaits_money(self) -> bool:
        """Whether a dispute is still being decided, or a refund is under way."""
        return self.disputed or self.refunding

    @property
    def refunded(self) -> int:
        """How much went back, in minor units: the charge's own total, less what failed to arrive after that."""
        if self.charge is None:
            return sum(facet.value.amount for facet in self.refunds.values() if not facet.value.undone)
        since = self.charge.second
        undone = (facet for facet in self.refunds.values() if facet.value.undone and facet.second > since)
        return max(0, self.charge.value.amount_refunded - sum(facet.value.amount for facet in undone))

    def known_by(
        self,
        *,
        customer: str | None = None,
        session: str | None = None,
        order: str | None = None,
        invoice: str | None = None,
    ) -> Self:
        """Itself, knowing whose it is and what it was for, as far as this tells."""
        facts = {"customer": customer, "session": session, "order": order, "invoice": invoice}
        return self.model_copy(update={name: fact for name, fact in facts.items() if fact is not None})

    def with_intent(self, intent: PaymentIntent, event: Event) -> Self:
        """Itself, having heard what `event` says of `intent`."""
        known = self.known_by(customer=intent.customer, invoice=intent.paid_invoice)
        return known.model_copy(update={"intent": merge(self.intent, event, intent)})

    def with_charge(self, charge: Charge, event: Event) -> Self:
        """Itself, having heard what `event` says of `charge`."""
        known = self.known_by(customer=charge.customer)
        return known.model_copy(update={"charge": merge(self.charge, event, charge)})

    def with_refund(self, refund: Refund, event: Event) -> Self:
        """Itself, having heard what `event` says of `refund`."""
        facet = merge(self.refunds.get(refund.id), event, refund)
        return self.known_by(customer=refund.customer).model_copy(
            update={"refunds": {**self.refunds, refund.id: facet}}
        )

    def with_dispute(self, dispute: Dispute, event: Event) -> Self:
        """Itself, having heard what `event` says of `dispute`."""
        facet = merge(self.disputes.get(dispute.id), event, dispute)
        return self.model_copy(update={"disputes": {**self.disputes, dispute.id: facet}})
