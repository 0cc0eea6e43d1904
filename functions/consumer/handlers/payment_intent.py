"""payment_intent.*: the state of a payment and its order; a payment captured by hand fulfils its order then."""

from shared.decisions.decision import Decision
from shared.decisions.order_settling import settle
from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.mails.mail import MaybeAt
from shared.mails.of_orders import ORDER_FAILED
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.payments import PaymentIntent
from shared.values.times import HOUR


def handle(event: Event, books: Books) -> Decision:
    """The payment and its order; the organization keeps the reason of a decline for the mail about its invoice."""
    intent = read(PaymentIntent, event.object)
    known = books.read(Payment, event.account, intent.id)
    payment = known.with_intent(intent, event)
    payment = payment.with_links(order=intent.metadata.get(books.policy.order_key))
    organization = books.read(Organization, event.account, intent.customer) if intent.customer else None
    orders, settled = settle(payment, event, books)
    save = (payment, *orders, *_attempt(organization, intent, event))
    return Decision(save=save, then=(*settled, *_failure(known, payment, organization, event)))


def _attempt(organization: Organization | None, intent: PaymentIntent, event: Event) -> tuple[Organization, ...]:
    """The organization with the newest attempt at its invoice, if it was declined or takes days; empty if unchanged."""
    told = intent.refusal or intent.status == "processing"
    if organization is None or intent.paid_invoice is None or not told:
        return ()
    after = organization.with_decline(intent.paid_invoice, intent, event)
    return (after,) if after != organization else ()


def _failure(before: Payment, payment: Payment, organization: Organization | None, event: Event) -> tuple[Email, ...]:
    """The mail about a failed order that the business made itself; sessions and invoices have mails of their own."""
    if organization is None or payment.intent is None or payment.session or not payment.told_as_order:
        return ()
    again = before.intent is not None and payment.intent.second - before.intent.second >= HOUR
    if before.told_as_order and not again:
        return ()
    intent = payment.intent.value
    amount, currency = intent.as_paid(intent.amount, intent.currency)
    failed_at = payment.intent.second
    key = MaybeAt(intent.id, failed_at)
    mail = mail_to(organization, ORDER_FAILED, key, event, amount=amount, currency=currency)
    return (mail.model_copy(update={"expires": failed_at + MAIL_EXPIRES_AFTER}),)
