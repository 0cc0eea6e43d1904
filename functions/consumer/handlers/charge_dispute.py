"""charge.dispute.*: money is held back while a dispute is open; the operator has days to answer it. Access stays."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.mailing import tell_operator
from shared.stripe_objects import read
from shared.stripe_payments import Dispute

TOLD = {"charge.dispute.created": "dispute_opened", "charge.dispute.closed": "dispute_closed"}


def handle(event: Event, books: Books) -> Decision:
    """The payment with the dispute; the operator hears when it opens, unless it is over by now, and when it closes."""
    dispute = read(Dispute, event.object)
    payment = books.payment(event.account, dispute.payment_intent or dispute.charge).with_dispute(dispute, event)
    template = TOLD.get(event.type)
    over = payment.disputes[dispute.id].value.final
    if template is None or (over and template == "dispute_opened"):
        return Decision(save=(payment,))
    mail = tell_operator(
        payment.partition,
        template,
        f"{dispute.id}:{dispute.status}",
        event,
        dispute=dispute.id,
        amount=dispute.amount,
        currency=dispute.currency,
        reason=dispute.reason,
        status=dispute.status,
        due_by=dispute.due_by,
        customer=payment.customer,
    )
    return Decision(save=(payment,), then=(mail,))
