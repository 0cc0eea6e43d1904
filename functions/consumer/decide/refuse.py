"""Refuse: of an event of an erased customer nothing personal is kept, not even its payload; news of money still goes.

A refund, a dispute or a fraud warning after an erasure is still the business's concern. Its announcement names the
payment and no person. A dispute names the payment alone, so each payment of an erased customer is known as erased.
"""

from collections.abc import Iterator

from functions.consumer.decide.late_money import late_money
from shared.decisions.announcements import customer_of
from shared.decisions.decision import Decision
from shared.records.books import Books
from shared.records.erased_payment import without_person
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.event import Event, payment_of
from shared.stripe_objects.fields import id_of

NOTHING_KEPT = Decision(archive=False)


def is_refused(decision: Decision, event: Event, books: Books) -> bool:
    """Whether the event or a payment of `decision` belongs to the time before an erasure of its customer."""
    payments = (one for one in decision.save if isinstance(one, Payment))
    erased = any(_erased_at(books.read(Payment, one.account, one.subject), one, books) is not None for one in payments)
    erased = erased or any(one.erased_at is not None for one in decision.save if isinstance(one, Order))
    return erased or any(owner.refuses(event) for owner in _owners(decision, event, books))


def _owners(decision: Decision, event: Event, books: Books) -> Iterator[Organization]:
    """The customer that the event names, and the customer of each new record.

    A saved record does not count: an erasure deletes the owner's records a while after it writes the tombstone.
    """
    new = (customer_of(one) for one in decision.save if isinstance(one, Organization) or one.version == 0)
    named = event.subject if event.object.get("customer") else None
    yield from (books.read(Organization, event.account, customer) for customer in {named, *new} if customer)


def _erased_at(before: Payment, after: Payment, books: Books) -> int | None:
    """When the customer of a payment was erased, in epoch seconds; None if never, or if the payment began later."""
    if before.erased_at is not None:
        return before.erased_at
    if after.customer is None or not after.version:
        return None
    at = books.read(Organization, after.account, after.customer).erased_at
    return at if at is not None and before.began_by(at) else None


def after_erasure(decision: Decision, event: Event, books: Books) -> Decision:
    """What replaces a refused `decision`: the money of its payment, announcements, and mails to the operator."""
    payments = [one for one in decision.save if isinstance(one, Payment)]
    if not payments:
        return NOTHING_KEPT
    payment = payments[0]
    before = books.read(Payment, payment.account, payment.subject)
    erased_at = _erased_at(before, payment, books) or _named(payment, books)
    was, now = without_person(before, erased_at), without_person(payment, erased_at)
    # The eraser has not come to a payment with a customer yet: it deletes the record, and a newer one would stay.
    buried = before.erased_at is not None or before.version == 0
    then = late_money(decision, was, now, event) if event.created > erased_at else ()
    return Decision(archive=False, save=(now,) if buried and before != now else (), then=then)


def _named(payment: Payment, books: Books) -> int:
    """When the customer that a new payment names was erased, in epoch seconds; 0 if never."""
    return books.read(Organization, payment.account, payment.customer or "").erased_at or 0


def is_of_the_erased(event: Event, books: Books) -> bool:
    """Whether an event whose decision failed may tell of an erased customer, so that its payload must not stay."""
    if books.read(Organization, event.account, event.subject).refuses(event):
        return True
    obj = event.object
    own = obj.get("id") if obj.get("object") in {"charge", "payment_intent"} else None
    payment = id_of(obj.get("payment_intent")) or id_of(payment_of(obj)) or id_of(own)
    if payment is None:
        return False
    known = books.read(Payment, event.account, payment)
    return _erased_at(known, known, books) is not None
