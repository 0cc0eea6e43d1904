"""payment_intent.*: what comes of a payment, whatever it was for; one captured by hand fulfils its order then."""

from shared.decisions.decision import Decision
from shared.decisions.order_settling import settle
from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.payments import PaymentIntent
from shared.values.times import HOUR


def handle(event: Event, books: Books) -> Decision:
    """The payment and its order; why it was declined is noted for the mail about its invoice, which cannot say it."""
    intent = read(PaymentIntent, event.object)
    known = books.read(Payment, event.account, intent.id)
    payment = known.with_intent(intent, event)
    payment = payment.with_links(order=intent.metadata.get(books.policy.order_key))
    organization = books.read(Organization, event.account, intent.customer) if intent.customer else None
    orders, confirmed = settle(payment, event, books)
    save = (payment, *orders, *_attempt(organization, intent, event))
    return Decision(save=save, then=(*confirmed, *_failure(known, payment, organization, event)))


def _attempt(organization: Organization | None, intent: PaymentIntent, event: Event) -> tuple[Organization, ...]:
    """The organization, knowing how the newest attempt at its invoice goes: declined, or on its way for days."""
    told = intent.refusal or intent.status == "processing"
    if organization is None or intent.paid_invoice is None or not told:
        return ()
    after = organization.with_decline(intent.paid_invoice, intent, event)
    return (after,) if after != organization else ()


def _failure(before: Payment, payment: Payment, organization: Organization | None, event: Event) -> tuple[Email, ...]:
    """Only for an order of the business's own making that failed unseen; sessions and invoices have their own mails."""
    if organization is None or payment.intent is None or payment.session or not payment.told_as_order:
        return ()
    again = before.intent is not None and payment.intent.second - before.intent.second >= HOUR
    if before.told_as_order and not again:
        return ()
    intent = payment.intent.value
    amount, currency = intent.as_paid(intent.amount, intent.currency)
    about, failed_at = f"{intent.id}:{payment.intent.second}", payment.intent.second
    mail = mail_to(organization, "order_failed", about, event, amount=amount, currency=currency)
    return (mail.model_copy(update={"expires": failed_at + MAIL_EXPIRES_AFTER}),)
