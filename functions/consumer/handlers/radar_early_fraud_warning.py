"""radar.early_fraud_warning.created: the operator may prevent a dispute by a refund in time."""

from shared.decisions.decision import Decision
from shared.mails.mail import Once
from shared.mails.to_operator_of_payments import FRAUD_WARNING
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.payment import Payment
from shared.stripe_objects.disputes import FraudWarning
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The payment with the warning, and one mail while a refund can still help."""
    warning = read(FraudWarning, event.object)
    before = books.read(Payment, event.account, warning.payment_intent or warning.charge)
    payment = before.with_warning(warning, event)
    if not warning.actionable or payment.refunded_whole or payment.disputes:
        return Decision(save=(payment,))
    mail = tell_operator(
        payment.partition,
        FRAUD_WARNING,
        Once(warning.id),  # a second warning about a charge has another id
        event,
        payment=payment.subject,
        reason=warning.fraud_type,
        customer=payment.customer,
    )
    return Decision(save=(payment,), then=(mail,))
