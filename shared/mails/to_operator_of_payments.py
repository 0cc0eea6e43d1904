"""The mails to the operator about payments: disputes, fraud warnings, and refunds that need a person."""

from typing import NamedTuple

from shared.mails.mail import At, Mail, Once, Returned, Told, always
from shared.records.books import Books
from shared.records.payment import Payment


class _Dispute(NamedTuple):
    """A dispute with its amount in minor units; an answer is due by `due_by`, in epoch seconds."""

    dispute: str
    amount: int
    currency: str
    reason: str
    status: str
    due_by: int | None
    customer: str | None


class _DisputeDue(NamedTuple):
    """A dispute whose answer is due by `due_by`, in epoch seconds."""

    dispute: str
    amount: int
    currency: str
    reason: str
    status: str
    due_by: int
    customer: str | None


class _Warning(NamedTuple):
    """The payment, and the kind of fraud that the card's bank suspects."""

    payment: str
    reason: str
    customer: str | None


class _LateRefund(NamedTuple):
    """The payment, and the amount in minor units that went back."""

    payment: str
    amount: int
    currency: str


class _FailedRefund(NamedTuple):
    """The refund with its amount in minor units, and why it failed."""

    refund: str
    amount: int
    currency: str
    reason: str | None
    canceled: bool


def _is_not_over(told: Told[At], books: Books) -> bool:
    dispute = books.read(Payment, told.account, told.owner).dispute(told.key.about)
    return dispute is None or not dispute.over


def _wants_an_answer(told: Told[At], books: Books) -> bool:
    dispute = books.read(Payment, told.account, told.owner).dispute(told.key.about)
    return dispute is not None and dispute.answer_by is not None


def _a_refund_helps(told: Told[Once], books: Books) -> bool:
    payment = books.read(Payment, told.account, told.owner)
    return not (payment.refunded_whole or payment.disputes)


DISPUTE_CLOSED = Mail(
    name="dispute_closed", audience="operator", stripes_own="", shows=_Dispute, key=At, applies=always
)
DISPUTE_DUE = Mail(
    name="dispute_due", audience="operator", stripes_own="", shows=_DisputeDue, key=At, applies=_wants_an_answer
)
DISPUTE_ESCALATED = Mail(
    name="dispute_escalated", audience="operator", stripes_own="", shows=_Dispute, key=At, applies=_is_not_over
)
DISPUTE_OPENED = Mail(
    name="dispute_opened", audience="operator", stripes_own="", shows=_Dispute, key=At, applies=_is_not_over
)
FRAUD_WARNING = Mail(
    name="fraud_warning", audience="operator", stripes_own="", shows=_Warning, key=Once, applies=_a_refund_helps
)
REFUND_AFTER_ERASURE = Mail(
    name="refund_after_erasure", audience="operator", stripes_own="", shows=_LateRefund, key=Returned, applies=always
)
REFUND_FAILED = Mail(
    name="refund_failed", audience="operator", stripes_own="", shows=_FailedRefund, key=Once, applies=always
)
