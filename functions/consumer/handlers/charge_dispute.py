"""charge.dispute.*: money is held back while a dispute is open; the operator has days to answer it. Access stays."""

from shared.decisions.decision import Decision
from shared.effects.remind import Remind
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.payment import Payment
from shared.stripe_objects.disputes import REMIND_BEFORE, Dispute
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The payment with the dispute; the operator hears what has changed, and again before an answer is due."""
    dispute = read(Dispute, event.object)
    known = books.read(Payment, event.account, dispute.payment_intent or dispute.charge)
    payment = known.with_dispute(dispute, event)
    before, now = known.dispute(dispute.id), payment.disputes[dispute.id].value
    if now != dispute:  # overtaken
        return Decision(save=(payment,))
    reminder = _reminder(payment, before, now, event)
    template = _news(before, now, event)
    if template is None:
        return Decision(save=(payment,), then=reminder)
    mail = tell_operator(
        payment.partition,
        template,
        f"{dispute.id}:{event.created}",  # no status: an inquiry may close, escalate and close again
        event,
        dispute=dispute.id,
        amount=dispute.amount,
        currency=dispute.currency,
        reason=dispute.reason,
        status=dispute.status,
        due_by=dispute.answer_by,
        customer=payment.customer,
    )
    return Decision(save=(payment,), then=(*reminder, mail))


def _news(before: Dispute | None, now: Dispute, event: Event) -> str | None:
    """The mail about what the operator has not been told yet; of two events about one change the first one tells it."""
    if now.over and not (before and before.status == now.status):
        return "dispute_closed"
    if before is None:
        asks = now.answer_by is not None or event.type == "charge.dispute.created"
        return "dispute_opened" if asks and not now.over else None
    if now.open and before.inquiry and not now.inquiry:
        return "dispute_escalated"
    return "dispute_opened" if now.open and before.over else None


def _reminder(payment: Payment, before: Dispute | None, now: Dispute, event: Event) -> tuple[Remind, ...]:
    """A message to ourselves before the answer is due; none if it may not be answered, or is due already."""
    if now.answer_by is None or (before and before.answer_by == now.answer_by):
        return ()
    at = now.answer_by - REMIND_BEFORE
    if at <= event.created:
        return ()
    return (Remind(type="reminder.dispute", at=at, about=now.id, account=payment.account, customer=payment.subject),)
