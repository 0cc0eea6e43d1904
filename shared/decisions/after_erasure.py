"""What is refused because its customer was erased: nothing is kept, not even the payload; but a refund is told.

Money that goes back after an erasure is still the business's concern. Its payment names it, and nobody's name.
"""

from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.mails.write import tell_operator
from shared.records.books import Books
from shared.records.payment import Payment
from shared.stripe_objects.event import Event

REFUSED = Decision(archive=False)


def after_erasure(decided: Decision, event: Event, books: Books) -> Decision:
    """What is left of a decision about a customer who was erased."""
    payments = [one for one in decided.save if isinstance(one, Payment)]
    if event.type != "charge.refunded" or not payments or not payments[0].steps:
        return REFUSED
    payment, step = payments[0], payments[0].steps[-1]
    charge = payment.charge
    if charge is None or not _after(payment, event, books):
        return REFUSED
    told = Announcement(
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
        "refund_after_erasure",
        f"{payment.subject}:{step.name}",
        event,
        payment=payment.subject,
        amount=step.amount,
        currency=charge.value.currency,
    )
    return Decision(archive=False, then=(told, mail))


def _after(payment: Payment, event: Event, books: Books) -> bool:
    """Whether it happened after the erasure; what is older was told before it."""
    erased_at = books.organization(event.account, payment.customer or "").erased_at
    return erased_at is not None and event.created > erased_at
