"""Each refund has one mail, in the currency of the payment, and never of more than is known."""

from typing import Any

import pytest

from functions.effects.mails.render import render
from shared.effects.email import Email
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from tests.support.mails import BUSINESS
from tests.support.samples import sample
from tests.support.stories import told

SOMEBODY = sample("customer.created")
EUROS: dict[str, Any] = {"presentment_details": {"presentment_amount": 8650, "presentment_currency": "eur"}}
PART = sample("charge.refunded", **EUROS)
WHOLE = sample("charge.refunded.full", **EUROS)
AT_ONCE = sample("charge.refunded.full", **EUROS, previous={"amount_refunded": 0})
CREATED = sample("refund.created", presentment_details={"presentment_amount": 2883, "presentment_currency": "eur"})


def refunds(*events: Event) -> list[Email]:
    return [mail for mail in told(SOMEBODY, *events).mails.values() if mail.template == "refund"]


def said(mail: Email) -> str:
    return " ".join(" ".join(render(mail, BUSINESS)[:2]).split())


def test_two_events_about_one_refund_tell_it_once_even_seconds_apart() -> None:
    twin = PART.model_copy(update={"id": "evt_twin", "created": PART.created + 2})
    assert len(refunds(PART, twin)) == len(refunds(twin, PART)) == 1


def test_the_same_total_that_is_reached_again_days_later_is_told_again() -> None:
    again = PART.model_copy(update={"id": "evt_again", "created": PART.created + 5 * 24 * 3600})
    assert len(refunds(PART, again)) == 2


def test_a_refund_of_all_is_told_in_the_currency_that_was_paid() -> None:
    (mail,) = refunds(AT_ONCE)
    assert "86.50 EUR" in said(mail)
    assert "USD" not in said(mail)


def test_a_part_is_told_as_the_refund_itself_tells_it() -> None:
    (mail,) = refunds(CREATED, PART)
    assert "refund of 28.83 EUR" in said(mail)
    assert "USD" not in said(mail)


def test_a_part_whose_amount_nobody_has_told_is_told_as_a_part() -> None:
    (mail,) = refunds(PART)
    assert "a part of your payment of 86.50 EUR" in said(mail)
    assert "USD" not in said(mail)


def test_the_rest_of_a_payment_is_told_as_all_of_it() -> None:
    _, rest = refunds(PART, WHOLE)
    assert "what was left of your payment" in said(rest)


def test_where_it_goes_back_to_is_said_of_a_card_alone() -> None:
    by_card, by_debit = refunds(PART), refunds(sample("charge.refunded", payment_method_details={"type": "sepa_debit"}))
    assert "the card that you paid with" in said(by_card[0])
    assert "card" not in said(by_debit[0])
    assert "the way you paid" not in said(by_debit[0])


def test_a_refund_that_was_canceled_is_not_said_to_have_failed() -> None:
    (mail,) = told(sample("refund.failed", status="canceled")).mails.values()
    assert "was canceled" in said(mail)
    assert "failed" not in said(mail)


@pytest.mark.parametrize("name", ["refund.created", "refund.updated", "charge.refund.updated"])
def test_a_refund_that_is_under_way_or_done_mails_nobody_by_itself(name: str) -> None:
    assert not told(SOMEBODY, sample(name)).mails


def test_a_refund_is_known_by_whichever_event_tells_it_first() -> None:
    created, total = sample("refund.created"), sample("charge.refunded")
    for telling in ((created, total), (total, created)):
        books = told(*telling)
        assert books.read(Payment, "platform", total.object["payment_intent"]).refunded == 3100
        assert [one.name for one in books.announcements.values()] == ["payment.refunded"]


def test_a_refund_that_waits_for_a_bank_is_under_way() -> None:
    pending = told(sample("refund.created", status="pending"))
    done = told(sample("refund.created"))
    subject = sample("refund.created").object["payment_intent"]
    assert pending.read(Payment, "platform", subject).awaits_settlement
    assert not done.read(Payment, "platform", subject).awaits_settlement
