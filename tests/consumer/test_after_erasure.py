"""A refund after an erasure is announced and mailed to the operator; no trace of it is stored."""

import pytest

from functions.consumer.decide.decide import decide
from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import PLATFORM, Event
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER

REFUNDED = sample("charge.refunded")


def decided(event: Event, erased_at: int, policy: Policy | None = None) -> Decision:
    return decide(event, BooksOf(Organization(account=PLATFORM, subject=CUSTOMER, erased_at=erased_at), policy=policy))


def test_a_refund_after_erasure_is_announced_by_payment_and_told_the_operator() -> None:
    decision = decided(REFUNDED, REFUNDED.created - 1)
    told, mail = decision.then
    assert isinstance(told, Announcement)
    assert isinstance(mail, Email)
    assert (told.name, told.customer) == ("payment.refunded", None)
    assert told.facts == {"payment": REFUNDED.object["payment_intent"], "refunded": 3100, "currency": "usd"}
    assert (mail.template, mail.audience, mail.data["amount"]) == ("refund_after_erasure", "operator", 3100)
    assert (decision.save, decision.archive) == ((), False)


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
    assert decided(event, event.object["created"]) == Decision(archive=False)


def test_a_refund_of_before_the_erasure_was_told_then() -> None:
    assert decided(REFUNDED, REFUNDED.created) == Decision(archive=False)
