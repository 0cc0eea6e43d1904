"""charge.dispute.*: money is held back while a dispute is open; the operator has days to answer it. Access stays."""

from collections.abc import Iterator

from shared.books import Books
from shared.decision import Decision
from shared.effects import Remind
from shared.event import Event
from shared.mailing import tell_operator
from shared.payments import Payment
from shared.stripe_disputes import REMIND_BEFORE, Dispute
from shared.stripe_objects import read


def handle(event: Event, books: Books) -> Decision:
    """The payment with the dispute; the operator hears what has changed, and again before an answer is due."""
    dispute = read(Dispute, event.object)
    known = books.payment(event.account, dispute.payment_intent or dispute.charge)
    payment = known.with_dispute(dispute, event)
    before, now = known.dispute(dispute.id), payment.disputes[dispute.id].value
    if now != dispute:  # overtaken
        return Decision(save=(payment,))
    news = [
        tell_operator(
            payment.partition,
            template,
            # No status: an inquiry may close, escalate and close again.
            f"{dispute.id}:{event.created}",
            event,
            dispute=dispute.id,
            amount=dispute.amount,
            currency=dispute.currency,
            reason=dispute.reason,
            status=dispute.status,
            due_by=dispute.answer_by,
            customer=payment.customer,
        )
        for template in _news(before, now, event)
    ]
    return Decision(save=(payment,), then=(*news, *_reminder(payment, before, now, event)))


def _news(before: Dispute | None, now: Dispute, event: Event) -> Iterator[str]:
    """What the operator has not been told yet; of two events about one change the first one tells it."""
    if now.over and not (before and before.status == now.status):
        yield "dispute_closed"
    elif before is None and (now.answer_by or event.type == "charge.dispute.created") and not now.over:
        yield "dispute_opened"
    elif now.open and before and before.inquiry and not now.inquiry:
        yield "dispute_escalated"
    elif now.open and before and before.over:
        yield "dispute_opened"


def _reminder(payment: Payment, before: Dispute | None, now: Dispute, event: Event) -> tuple[Remind, ...]:
    """A message to ourselves before the answer is due; none if it may not be answered, or is due already."""
    if now.answer_by is None or (before and before.answer_by == now.answer_by):
        return ()
    at = now.answer_by - REMIND_BEFORE
    if at <= event.created:
        return ()
    return (Remind(type="reminder.dispute", at=at, about=now.id, account=payment.account, customer=payment.subject),)
