"""What Billhook reads of a dispute or an inquiry, and of an early fraud warning.

See objects.py for how a field lists its places.
"""

from collections.abc import Mapping

from pydantic import Field, field_validator

from shared.stripe_objects.fields import Id, MaybeId, aliases, position
from shared.stripe_objects.snapshot import Snapshot
from shared.values.times import DAY

REMIND_BEFORE = 2 * DAY
"""How long before the due date the operator is reminded to answer, in seconds."""
UNANSWERED = frozenset({"warning_needs_response", "needs_response", "appeal_needs_response"})
OPEN = UNANSWERED | {"warning_under_review", "under_review", "appeal_under_review"}
OVER = frozenset({"warning_closed", "prevented", "won", "lost"})
WITHDRAWN = frozenset({"needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review"})
"""The statuses in which Stripe holds the money back; of a lost dispute it keeps the money."""
ORDER = (
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "lost",
    "appeal_needs_response",
    "appeal_under_review",
)
"""The statuses in the order of a dispute's life; any other status comes last."""


class Dispute(Snapshot):
    """A dispute or an inquiry (https://docs.stripe.com/api/disputes/object); it names no customer.

    No status is final: a closed inquiry may escalate, and a lost dispute may be appealed.
    """

    id: str
    charge: Id
    payment_intent: MaybeId = None
    amount: int
    currency: str
    reason: str
    status: str
    due_by: int | None = Field(default=None, validation_alias=aliases("evidence_details.due_by", "due_by"))
    """Until when the business may answer, in epoch seconds; 0 or None if it may not."""
    balance: int | None = Field(default=None, validation_alias=aliases("balance_transactions", "balance"))
    """How the dispute has changed the account's balance so far, in minor units."""

    @field_validator("balance", mode="before")
    @classmethod
    def _sum(cls, transactions: object) -> object:
        if not isinstance(transactions, list):
            return transactions
        amounts = (one.get("amount") for one in transactions if isinstance(one, Mapping))
        return sum(amount for amount in amounts if isinstance(amount, int))

    @property
    def inquiry(self) -> bool:
        """Whether this is an inquiry: the bank only asks, and Stripe holds no money back."""
        return self.status.startswith("warning_")

    @property
    def holds(self) -> bool:
        """Whether Stripe holds money back; for an unknown status, the balance tells."""
        if self.status in WITHDRAWN:
            return True
        known = self.inquiry or self.status in OVER
        return not known and (self.balance or 0) < 0

    @property
    def open(self) -> bool:
        """Whether the dispute is still being decided (https://docs.stripe.com/disputes/how-disputes-work)."""
        return self.status in OPEN

    @property
    def over(self) -> bool:
        """Whether the dispute is decided; False for an unknown status."""
        return self.status in OVER

    @property
    def answer_by(self) -> int | None:
        """Until when the business must answer, in epoch seconds; None if no answer is needed."""
        return self.due_by or None if self.status in UNANSWERED else None

    @property
    def rank(self) -> int:
        """How far the object is in its life; decides between candidates that are equal otherwise."""
        return position(self.status, *ORDER)


class FraudWarning(Snapshot):
    """An early fraud warning of a card's issuer (https://docs.stripe.com/api/radar/early_fraud_warnings/object)."""

    id: str
    charge: Id
    payment_intent: MaybeId = None
    actionable: bool = False
    """Whether a refund may still prevent a dispute."""
    fraud_type: str
