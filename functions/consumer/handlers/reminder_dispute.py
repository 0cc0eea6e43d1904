"""reminder.dispute: two days before a dispute must be answered, tell the operator, unless it was answered by now."""

from shared.decisions.decision import NOTHING, Decision
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.payment import Payment
from shared.stripe_objects.disputes import REMIND_BEFORE
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """One mail; silent if no answer is wanted any more, or if it is due on another date."""
    reminder = read(Reminder, event.object)
    payment = books.read(Payment, event.account, reminder.customer)  # a dispute lies with its payment
    dispute = payment.dispute(reminder.id)
    if dispute is None or dispute.answer_by is None or dispute.answer_by - REMIND_BEFORE != event.created:
        return NOTHING
    mail = tell_operator(
        payment.partition,
        "dispute_due",
        f"{dispute.id}:{dispute.answer_by}",
        event,
        dispute=dispute.id,
        amount=dispute.amount,
        currency=dispute.currency,
        reason=dispute.reason,
        status=dispute.status,
        due_by=dispute.answer_by,
        customer=payment.customer,
    )
    return Decision(then=(mail,))
