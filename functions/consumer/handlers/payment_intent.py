"""payment_intent.succeeded and .payment_failed: what came of a payment, whatever it was for."""

from shared.books import Books
from shared.decision import Decision
from shared.effects import Effect
from shared.event import Event
from shared.mailing import mail_to
from shared.payments import Payment
from shared.records import Organization
from shared.stripe_objects import read
from shared.stripe_payments import PaymentIntent

DELAYED = frozenset({"acss_debit", "au_becs_debit", "bacs_debit", "customer_balance", "sepa_debit", "us_bank_account"})
"""Payment methods that fail days later, when the customer is not there to see it."""


def handle(event: Event, books: Books) -> Decision:
    """The payment; why it was declined is noted for the mail about its invoice, which cannot say it itself."""
    intent = read(PaymentIntent, event.object)
    known = books.payment(event.account, intent.id)
    payment = known.with_intent(intent, event)
    payment = payment.known_by(order=intent.metadata.get(books.policy.order_key))
    organization = books.organization(event.account, intent.customer) if intent.customer else None
    save = (payment, *_decline(organization, intent, event))
    return Decision(save=save, then=_mail(payment, organization, intent, event))


def _decline(organization: Organization | None, intent: PaymentIntent, event: Event) -> tuple[Organization, ...]:
    if organization is None or intent.paid_invoice is None or intent.decline_code is None:
        return ()
    after = organization.with_decline(intent.paid_invoice, intent, event)
    return (after,) if after != organization else ()


def _mail(
    payment: Payment, organization: Organization | None, intent: PaymentIntent, event: Event
) -> tuple[Effect, ...]:
    """Only for an order of the business's own making, by a delayed method; sessions and invoices have their own."""
    failed_late = payment.status == "failed" and intent.method in DELAYED
    if organization is None or not (failed_late and payment.order and payment.session is None):
        return ()
    return (mail_to(organization, "order_failed", intent.id, event, amount=intent.amount, currency=intent.currency),)
