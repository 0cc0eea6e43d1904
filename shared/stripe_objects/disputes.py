"""What we read of a dispute, of an inquiry, and of the early warning that may come before either.

As in `stripe_objects`: each field lists where it may stand, the last place being our own stored form.
"""

from collections.abc import Mapping

from pydantic import Field, field_validator

from shared.stripe_objects.fields import Id, MaybeId, aliases, position
from shared.stripe_objects.snapshot import Snapshot
from shared.values.times import DAY

REMIND_BEFORE = 2 * DAY
"""How long before an answer is due the operator is reminded."""
UNANSWERED = frozenset({"warning_needs_response", "needs_response", "appeal_needs_response"})
OPEN = UNANSWERED | {"warning_under_review", "under_review", "appeal_under_review"}
OVER = frozenset({"warning_closed", "prevented", "won", "lost"})
WITHDRAWN = frozenset({"needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review"})
"""While Stripe holds the money back, and for good once it is lost."""
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
"""How far along its life a dispute is; what is not here comes last."""


class Dispute(Snapshot):
    """A dispute or an inquiry (https://docs.stripe.com/api/disputes/object); it names no customer.

    None of its statuses is final: an inquiry that is closed may escalate, and a loss may be appealed.
    """

    id: str
    charge: Id
    payment_intent: MaybeId = None
    amount: int
    currency: str
    reason: str
    status: str
    due_by: int | None = Field(default=None, validation_alias=aliases("evidence_details.due_by", "due_by"))
    """Until when it may be answered, in epoch seconds; 0 or None if it may not be."""
    balance: int | None = Field(default=None, validation_alias=aliases("balance_transactions", "balance"))
    """What it changed of the account's balance so far, in minor units."""

    @field_validator("balance", mode="before")
    @classmethod
    def _sum(cls, transactions: object) -> object:
        if not isinstance(transactions, list):
            return transactions
        amounts = (one.get("amount") for one in transactions if isinstance(one, Mapping))
        return sum(amount for amount in amounts if isinstance(amount, int))

    @property
    def inquiry(self) -> bool:
        """Whether the bank only asks, and no money is held back."""
        return self.status.startswith("warning_")

    @property
    def holds(self) -> bool:
        """Whether money is held back; of a status that nobody here knows, the balance tells."""
        if self.status in WITHDRAWN:
            return True
        known = self.inquiry or self.status in OVER
        return not known and (self.balance or 0) < 0

    @property
    def open(self) -> bool:
        """Whether it is being decided (https://docs.stripe.com/disputes/how-disputes-work)."""
        return self.status in OPEN

    @property
    def over(self) -> bool:
        """Whether nothing is being decided any more, as far as anybody knows."""
        return self.status in OVER

    @property
    def answer_by(self) -> int | None:
        """Until when it wants an answer, in epoch seconds; None if it wants none."""
        return self.due_by or None if self.status in UNANSWERED else None

    @property
    def rank(self) -> int:
        """How far along its life it is; breaks a tie that nothing else decides."""
        return position(self.status, *ORDER)


class FraudWarning(Snapshot):
    """An early fraud warning of a card's issuer (https://docs.stripe.com/api/radar/early_fraud_warnings/object)."""

    id: str
    charge: Id
    payment_intent: MaybeId = None
    actionable: bool = False
    """Whether a refund may still prevent a dispute."""
    fraud_type: str
