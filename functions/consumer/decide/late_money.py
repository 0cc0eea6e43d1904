"""The news of a payment whose customer was erased: announcements without a person, and mails to the operator."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.effects.remind import Remind
from shared.mails.mail import Returned
from shared.mails.to_operator_of_payments import REFUND_AFTER_ERASURE
from shared.mails.write import tell_operator
from shared.records.payment import Payment
from shared.records.refund_steps import new_steps
from shared.stripe_objects.event import Event
from shared.values.frozen import Scalar

if TYPE_CHECKING:
    from shared.effects.effect import Effect


def late_money(decision: Decision, before: Payment, payment: Payment, event: Event) -> tuple["Effect", ...]:
    """The effects of an event after the erasure; `before` and `payment` name no person. Only news of money remains."""
    if event.type == "charge.refunded":
        return tuple(_refunded(before, payment, event))
    return (*_news(before, payment, event), *_to_operator(decision))


def _refunded(before: Payment, payment: Payment, event: Event) -> Iterator["Effect"]:
    """An announcement and a mail to the operator about each new step of the charge's refunded total."""
    if payment.charge is None:
        return
    currency = payment.charge.value.currency
    for step in new_steps(before.steps, payment.steps):
        facts: dict[str, Scalar] = {"payment": payment.subject, "refunded": step.total, "currency": currency}
        yield _announcement("payment.refunded", payment, event, facts)
        yield tell_operator(
            payment.partition,
            REFUND_AFTER_ERASURE,
            Returned(payment.subject, step.total, step.before, step.at),
            event,
            payment=payment.subject,
            amount=step.amount,
            currency=currency,
        )


def _news(before: Payment, payment: Payment, event: Event) -> Iterator[Announcement]:
    """An announcement of each change: money held or released, a fraud warning, or a refund that never arrived."""
    facts: dict[str, Scalar] = {"payment": payment.subject}
    if before.held != payment.held:
        name = "payment.held" if payment.held else "payment.released"
        yield _announcement(name, payment, event, {**facts, "held": payment.held})
    if before.warnings.keys() != payment.warnings.keys():
        yield _announcement("payment.fraud_warning", payment, event, facts)
    if payment.refunded < before.refunded:
        yield _announcement("payment.refunded", payment, event, {**facts, "refunded": payment.refunded})


def _to_operator(decision: Decision) -> Iterator["Effect"]:
    """The mails to the operator, without the customer's id, and the reminders of disputes."""
    for effect in decision.then:
        if isinstance(effect, Email) and effect.audience == "operator":
            nobody = {"customer": None} if "customer" in effect.data else {}
            yield effect.model_copy(update={"data": {**effect.data, **nobody}})
        elif isinstance(effect, Remind) and effect.type == "reminder.dispute":
            yield effect


def _announcement(name: str, payment: Payment, event: Event, facts: dict[str, Scalar]) -> Announcement:
    return Announcement(
        id=f"{event.id}:{name}",
        name=name,
        at=event.created,
        account=event.account,
        record=f"{payment.partition}/{payment.sort_key}",
        version=payment.overall_version,
        facts=facts,
    )
