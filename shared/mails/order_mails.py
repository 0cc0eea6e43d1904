"""How the mails about an order and its refunds are written, in the currency that the buyer paid in."""

from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.mails.mail import MaybeAt, Once, Returned
from shared.mails.of_orders import ORDER_CONFIRMED, ORDER_FAILED, REFUND
from shared.mails.write import Addressee, mail_to, one_confirmation
from shared.records.books import Books
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.records.refund_steps import RefundStep
from shared.stripe_objects.event import Event
from shared.stripe_objects.payments import Charge


def buyer_of(order: Order, books: Books) -> Addressee:
    """The reader of mail about `order`: the buyer in its session, or its customer, who may get an address later."""
    return order if order.guest or order.address else books.read(Organization, order.account, order.subject)


def confirmation(order: Order, payment: Payment | None, event: Event, books: Books) -> Email:
    """The mail that confirms a paid order, with the amount that the customer paid."""
    session = order.session.value if order.session else None
    amount, currency = session.as_paid(session.amount_total, session.currency) if session else (None, None)
    if session and not session.paid and payment:
        amount, currency = _captured(payment)
    buyer = buyer_of(order, books)
    mail = mail_to(buyer, ORDER_CONFIRMED, Once(order.session_id), event, amount=amount, currency=currency)
    return one_confirmation(mail, session.invoice if session else None)


def failure(order: Order, event: Event, books: Books) -> Email:
    """The mail about an order that the customer has not paid."""
    session = order.session.value if order.session else None
    amount, currency = session.as_paid(session.amount_total, session.currency) if session else (None, None)
    # The payment's id: an event of the payment may have told of this failure before the session was known.
    about = (session.payment_intent if session else None) or order.session_id
    return mail_to(buyer_of(order, books), ORDER_FAILED, MaybeAt(about), event, amount=amount, currency=currency)


def refund_mails(whom: Addressee, payment: Payment, steps: tuple[RefundStep, ...], event: Event) -> tuple[Email, ...]:
    """A mail for each step in which money went back; none for a step that is known to have failed."""
    if payment.charge is None:
        return ()
    charge = payment.charge.value
    return tuple(_refund_mail(whom, payment, charge, step, event) for step in steps if payment.refunded > step.before)


def _refund_mail(whom: Addressee, payment: Payment, charge: Charge, step: RefundStep, event: Event) -> Email:
    amount, total, currency = _returned(payment, charge, step)
    paid, paid_in = charge.as_paid(charge.collected, charge.currency)
    mail = mail_to(
        whom,
        REFUND,
        Returned(payment.subject, step.total, step.before, step.at),
        event,
        amount=amount,
        total=total,
        currency=currency,
        paid=paid if paid_in == currency else None,
        whole=step.total >= charge.collected,
        method=charge.method,
        url=charge.receipt_url,
    )
    return mail.model_copy(update={"expires": step.at + MAIL_EXPIRES_AFTER})


def _returned(payment: Payment, charge: Charge, step: RefundStep) -> tuple[int | None, int | None, str]:
    """The amount of a step and the total, in minor units as the customer sees them; None where Stripe does not tell."""
    paid, currency = charge.as_paid(charge.collected, charge.currency)
    if currency is None or currency == charge.currency:
        return step.amount, step.total, charge.currency
    total = paid if step.total >= charge.collected else None
    if step.before == 0 and total is not None:
        return total, total, currency
    # The refund's own object tells the customer's amount; the step is matched to it by the settled amount.
    told = (facet.value for facet in payment.refunds.values() if facet.value.amount == step.amount)
    amounts = {one.presentment_amount for one in told if one.presentment_currency == currency}
    return (amounts.pop() if len(amounts) == 1 else None), total, currency


def _captured(payment: Payment) -> tuple[int | None, str | None]:
    """The amount collected in the end, which may be less than authorized; None if the customer's amount is unknown."""
    intent = payment.intent.value if payment.intent else None
    charge = payment.charge.value if payment.charge else None
    if intent and intent.amount_received:
        paid, currency = intent.as_paid(intent.amount_received, intent.currency)
        known = intent.amount_received == intent.amount or currency == intent.currency
    elif charge:
        paid, currency = charge.as_paid(charge.collected, charge.currency)
        known = charge.collected == charge.amount or currency == charge.currency
    else:
        return None, None
    return (paid, currency) if known else (None, None)
