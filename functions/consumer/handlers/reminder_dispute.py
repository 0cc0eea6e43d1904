"""reminder.dispute: a mail reminds the operator two days before the answer to a dispute is due."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.remind import is_current
from shared.mails.mail import At
from shared.mails.to_operator_of_payments import DISPUTE_DUE
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.payment import Payment
from shared.stripe_objects.disputes import REMIND_BEFORE
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """One mail; nothing if Stripe wants no answer any more, or wants it by another date."""
    reminder = read(Reminder, event.object)
    payment = books.read(Payment, event.account, reminder.customer)  # the payment holds its disputes
    dispute = payment.dispute(reminder.id)
    if dispute is None or dispute.answer_by is None or not is_current(event, dispute.answer_by - REMIND_BEFORE):
        return NOTHING
    mail = tell_operator(
        payment.partition,
        DISPUTE_DUE,
        At(dispute.id, dispute.answer_by),
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
