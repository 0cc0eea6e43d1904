"""charge.dispute.*: the operator hears of each dispute and has days to answer it; the customer keeps access."""

from shared.decisions.decision import Decision
from shared.effects.remind import Remind, remind_about
from shared.mails.mail import At
from shared.mails.to_operator_of_payments import DISPUTE_CLOSED, DISPUTE_ESCALATED, DISPUTE_OPENED
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.payment import Payment
from shared.stripe_objects.disputes import REMIND_BEFORE, Dispute
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read

NEWS = {"closed": DISPUTE_CLOSED, "escalated": DISPUTE_ESCALATED, "opened": DISPUTE_OPENED}


def handle(event: Event, books: Books) -> Decision:
    """The payment with the dispute; a mail tells the operator of the change, a reminder asks for the answer in time."""
    dispute = read(Dispute, event.object)
    known = books.read(Payment, event.account, dispute.payment_intent or dispute.charge)
    payment = known.with_dispute(dispute, event)
    before, now = known.dispute(dispute.id), payment.disputes[dispute.id].value
    if now != dispute:  # overtaken
        return Decision(save=(payment,))
    reminder = _reminder(payment, before, now, event)
    news = _news(before, now, event)
    if news is None:
        return Decision(save=(payment,), then=reminder)
    mail = tell_operator(
        payment.partition,
        NEWS[news],
        At(dispute.id, event.created),  # no status: an inquiry may close, escalate and close again
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
    """The change that the operator has not heard of; the first of two events about one change tells it."""
    if now.over and not (before and before.status == now.status):
        return "closed"
    if before is None:
        asks = now.answer_by is not None or event.type == "charge.dispute.created"
        return "opened" if asks and not now.over else None
    if now.open and before.inquiry and not now.inquiry:
        return "escalated"
    return "opened" if now.open and before.over else None


def _reminder(payment: Payment, before: Dispute | None, now: Dispute, event: Event) -> tuple[Remind, ...]:
    """The reminder before the answer is due; empty if Stripe wants no answer, or the day of the reminder is over."""
    if now.answer_by is None or (before and before.answer_by == now.answer_by):
        return ()
    at = now.answer_by - REMIND_BEFORE
    if at <= event.created:
        return ()
    return (remind_about(now.id, payment.subject, "reminder.dispute", at, event),)
