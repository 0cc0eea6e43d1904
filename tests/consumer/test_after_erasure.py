"""Refunds and disputes after an erasure are announced and mailed to the operator; no trace of a person is stored."""

import pytest

from functions.consumer.decide.decide import decide
from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.policy.policy import Policy
from shared.records.erased_payment import without_person
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER

REFUNDED = sample("charge.refunded")


def decided(event: Event, erased_at: int, policy: Policy | None = None) -> Decision:
    return decide(event, BooksOf(Organization(account=PLATFORM, subject=CUSTOMER, erased_at=erased_at), policy=policy))


def nameless(decision: Decision) -> int:
    """How many records the decision saves, which must all be payments without a person."""
    for record in decision.save:
        assert isinstance(record, Payment)
        assert record == without_person(record, record.erased_at or 0)
        told = record.model_dump_json(exclude_defaults=True)
        assert not any(personal in told for personal in (CUSTOMER, "example.com", "metadata", "receipt", "ch_"))
    return len(decision.save)


def test_a_refund_after_erasure_is_announced_by_payment_and_told_the_operator() -> None:
    decision = decided(REFUNDED, REFUNDED.created - 1)
    told, mail = decision.then
    assert isinstance(told, Announcement)
    assert isinstance(mail, Email)
    assert (told.name, told.customer) == ("payment.refunded", None)
    assert told.facts == {"payment": REFUNDED.object["payment_intent"], "refunded": 3100, "currency": "usd"}
    assert (mail.template, mail.audience, mail.data["amount"]) == ("refund_after_erasure", "operator", 3100)
    assert (nameless(decision), decision.archive) == (1, False)


def test_nothing_of_the_customer_is_in_what_is_told() -> None:
    said = "".join(effect.model_dump_json() for effect in decided(REFUNDED, REFUNDED.created - 1).then)
    assert CUSTOMER not in said
    assert "example.com" not in said


def test_a_mail_that_is_switched_off_is_not_sent_then_either() -> None:
    off = Policy(off=frozenset({"refund_after_erasure"}))
    assert [one.kind for one in decided(REFUNDED, REFUNDED.created - 1, off).then] == ["publish"]


@pytest.mark.parametrize(
    "event",
    [
        sample("charge.refunded", amount_refunded=0),
        sample("charge.refunded", captured=False, amount_captured=0),
        sample("payment_intent.succeeded.order"),
        sample("invoice.paid"),
    ],
    ids=["nothing", "a hold", "a payment", "an invoice"],
)
def test_what_is_no_refund_is_refused_without_a_word(event: Event) -> None:
    decision = decided(event, event.object["created"])
    assert (decision.then, decision.archive) == ((), False)
    assert nameless(decision) == (event.type != "invoice.paid")


def test_a_refund_of_before_the_erasure_was_told_then() -> None:
    decision = decided(REFUNDED, REFUNDED.created)
    assert (nameless(decision), decision.then, decision.archive) == (1, (), False)


DISPUTED = sample("charge.dispute.created")
LATE = (
    DISPUTED,
    sample("charge.dispute.funds_withdrawn"),
    sample("charge.dispute.closed.lost"),
    sample("refund.failed"),
    sample("radar.early_fraud_warning.created"),
)
"""Events that name no customer."""
BURIED = min(event.created for event in LATE) - 1


def erased_payment(event: Event) -> Payment:
    payment = event.object.get("payment_intent") or event.object["charge"]
    return Payment(account=PLATFORM, subject=payment, erased_at=BURIED)


@pytest.mark.parametrize("event", LATE, ids=lambda event: str(event.type))
def test_an_event_about_the_payment_of_an_erased_customer_keeps_the_money_alone(event: Event) -> None:
    decision = decide(event, BooksOf(erased_payment(event)))
    assert (nameless(decision), decision.archive, decision.journal) == (1, False, None)
    assert {one.kind for one in decision.then} & {"email", "publish"}


def test_a_dispute_after_an_erasure_is_told_once_with_its_reminder_and_end() -> None:
    books = BooksOf(erased_payment(DISPUTED))
    for event in (DISPUTED, DISPUTED.model_copy(update={"id": "evt_again"}), *LATE[1:3]):
        books.apply(decide(event, books))
    assert [mail.template for mail in books.mails.values()] == ["dispute_opened", "dispute_closed"]
    assert {mail.data["customer"] for mail in books.mails.values()} == {None}
    assert [one.type for one in books.reminders.values()] == ["reminder.dispute"]
    assert next(iter(books.announcements.values())).name == "payment.held"


def test_a_dispute_before_the_deletion_saves_nothing_into_the_partition_to_delete() -> None:
    paid = sample("payment_intent.succeeded", id=DISPUTED.object["payment_intent"], customer=CUSTOMER)
    books = BooksOf()
    books.apply(decide(paid, books))
    erased = Organization(account=PLATFORM, subject=CUSTOMER, erased_at=BURIED)
    books.records[erased.key] = erased
    decision = decide(DISPUTED, books)
    assert (decision.save, decision.archive) == ((), False)
    assert CUSTOMER not in "".join(one.model_dump_json() for one in decision.then)
