"""Refuse: nothing is kept of an event whose customer was erased, not even its payload; only a refund is announced.

A refund after an erasure is still the business's concern. Its announcement names the payment and no person.
"""

from collections.abc import Iterator

from shared.decisions.announcements import customer_of
from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.mails.mail import Returned
from shared.mails.to_operator_of_payments import REFUND_AFTER_ERASURE
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.event import Event

NOTHING_KEPT = Decision(archive=False)


def is_refused(decision: Decision, event: Event, books: Books) -> bool:
    """Whether an owner of what `decision` would save was erased, and `event` is older than the erasure."""
    return any(owner.refuses(event) for owner in _owners(decision, event, books))


def _owners(decision: Decision, event: Event, books: Books) -> Iterator[Organization]:
    """The customer that the event names, and the customer of each new record.

    A saved record does not count: an erasure deletes the owner's records a while after it writes the tombstone.
    """
    new = (customer_of(one) for one in decision.save if isinstance(one, Organization) or one.version == 0)
    named = event.subject if event.object.get("customer") else None
    yield from (books.read(Organization, event.account, customer) for customer in {named, *new} if customer)


def after_erasure(decision: Decision, event: Event, books: Books) -> Decision:
    """What replaces a refused `decision`: an announcement and a mail to the operator about a refund, else nothing."""
    payments = [one for one in decision.save if isinstance(one, Payment)]
    if event.type != "charge.refunded" or not payments or not payments[0].steps:
        return NOTHING_KEPT
    payment, step = payments[0], payments[0].steps[-1]
    charge = payment.charge
    if charge is None or not _is_newer(payment, event, books):
        return NOTHING_KEPT
    refunded = Announcement(
        id=f"{event.id}:payment.refunded",
        name="payment.refunded",
        at=event.created,
        account=event.account,
        record=f"{payment.partition}/{payment.sort_key}",
        version=payment.overall_version,
        facts={"payment": payment.subject, "refunded": step.total, "currency": charge.value.currency},
    )
    mail = tell_operator(
        payment.partition,
        REFUND_AFTER_ERASURE,
        Returned(payment.subject, step.total, step.before, step.at),
        event,
        payment=payment.subject,
        amount=step.amount,
        currency=charge.value.currency,
    )
    return Decision(archive=False, then=(refunded, mail))


def _is_newer(payment: Payment, event: Event, books: Books) -> bool:
    """Whether the refund came after the erasure; an earlier refund was announced before it."""
    erased_at = books.read(Organization, event.account, payment.customer or "").erased_at
    return erased_at is not None and event.created > erased_at
