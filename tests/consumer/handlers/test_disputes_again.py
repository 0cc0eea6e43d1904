"""An inquiry escalates, closes and returns; the operator must answer a dispute in time; a status may be unknown."""

import pytest

from functions.consumer.decide.decide import decide
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import told

INQUIRY = sample("charge.dispute.created.inquiry")
DISPUTE = sample("charge.dispute.created")
DUE = DISPUTE.object["evidence_details"]["due_by"]


def later(status: str, days: int, *, of: Event = INQUIRY, **changes: object) -> Event:
    """The same dispute, some days later, in another status."""
    same = {name: of.object[name] for name in ("id", "charge", "payment_intent", "amount", "evidence_details")}
    type_ = "charge.dispute.closed" if status in {"won", "lost", "warning_closed"} else "charge.dispute.updated"
    event = sample(type_, created=of.created + days * DAY, event_id=f"evt_{status}_{days}", **{**same, **changes})
    return event.model_copy(
        update={"data": event.data.model_copy(update={"object": {**event.object, "status": status}})}
    )


def payment(books: BooksOf, of: Event = INQUIRY) -> Payment:
    return books.read(Payment, PLATFORM, of.object["payment_intent"])


def mailed(*events: Event) -> list[str]:
    return [mail.template for mail in told(*events).mails.values()]


def test_an_inquiry_that_becomes_a_dispute_is_told_and_holds_the_money() -> None:
    events = (INQUIRY, later("needs_response", 1), sample("charge.dispute.funds_withdrawn", id=INQUIRY.object["id"]))
    assert mailed(*events[:2]) == ["dispute_opened", "dispute_escalated"]
    assert payment(told(*events[:2])).held


def test_two_events_of_one_escalation_tell_it_once() -> None:
    escalated = later("needs_response", 1)
    twin = escalated.model_copy(update={"id": "evt_twin", "created": escalated.created + 1})
    assert mailed(INQUIRY, escalated, twin) == ["dispute_opened", "dispute_escalated"]


def test_an_inquiry_that_was_closed_may_escalate_and_close_again() -> None:
    story = (INQUIRY, later("warning_closed", 1), later("needs_response", 2), later("lost", 3))
    assert mailed(*story) == ["dispute_opened", "dispute_closed", "dispute_escalated", "dispute_closed"]
    assert payment(told(*story)).held
    assert payment(told(*story[::-1])).held


def test_an_inquiry_that_opens_and_closes_twice_is_told_twice() -> None:
    story = (INQUIRY, later("warning_closed", 1), later("warning_needs_response", 2), later("warning_closed", 3))
    assert mailed(*story) == ["dispute_opened", "dispute_closed"] * 2


def test_a_loss_that_is_appealed_is_open_again_and_still_holds_the_money() -> None:
    story = (DISPUTE, later("lost", 9, of=DISPUTE), later("appeal_needs_response", 10, of=DISPUTE))
    assert mailed(*story) == ["dispute_opened", "dispute_closed", "dispute_opened"]
    assert (payment(told(*story), DISPUTE).held, payment(told(*story), DISPUTE).disputed) == (True, True)


@pytest.mark.parametrize("status", ["charge_refunded", "a_status_of_tomorrow"])
def test_a_status_that_nobody_knows_is_told_and_is_not_open_for_ever(status: str) -> None:
    unknown = later(status, 1, of=DISPUTE, balance_transactions=[])
    assert not payment(told(DISPUTE, unknown), DISPUTE).disputed
    assert not payment(told(DISPUTE, unknown), DISPUTE).held
    assert mailed(sample("charge.dispute.created", status=status)) == ["dispute_opened"]


def test_whether_a_status_that_nobody_knows_holds_money_the_balance_tells() -> None:
    withdrawn = sample("charge.dispute.funds_withdrawn", status="a_status_of_tomorrow")
    reinstated = sample("charge.dispute.funds_reinstated", status="a_status_of_tomorrow")
    assert payment(told(withdrawn), DISPUTE).held
    assert not payment(told(withdrawn, reinstated), DISPUTE).held


@pytest.mark.parametrize("name", ["charge.dispute.updated", "charge.dispute.funds_withdrawn"])
def test_a_dispute_first_heard_of_by_another_event_is_told_if_it_wants_an_answer(name: str) -> None:
    assert mailed(sample(name, status="needs_response")) == ["dispute_opened"]
    assert mailed(sample(name, status="under_review")) == []


def test_the_operator_is_reminded_two_days_before_an_answer_is_due() -> None:
    books = told(DISPUTE)
    (reminder,) = books.reminders.values()
    assert (reminder.type, reminder.at) == ("reminder.dispute", DUE - 2 * DAY)
    books.apply(decide(fired(reminder), books))
    mail = list(books.mails.values())[-1]
    assert (mail.template, mail.data["due_by"]) == ("dispute_due", DUE)


@pytest.mark.parametrize("status", ["under_review", "won", "lost"])
def test_what_was_answered_is_not_reminded_of(status: str) -> None:
    books = told(DISPUTE, later(status, 1, of=DISPUTE))
    for reminder in tuple(books.reminders.values()):
        assert decide(fired(reminder), books).then == ()


def test_a_date_that_was_moved_has_a_reminder_of_its_own_and_the_old_one_is_silent() -> None:
    moved = later("needs_response", 1, of=DISPUTE, evidence_details={"due_by": DUE + 7 * DAY})
    books = told(DISPUTE, moved)
    old, new = sorted(books.reminders.values(), key=lambda one: one.at)
    assert decide(fired(old), books).then == ()
    assert [effect.kind for effect in decide(fired(new), books).then] == ["email"]


@pytest.mark.parametrize("due_by", [None, 0, DISPUTE.created + DAY])
def test_what_cannot_be_answered_or_is_due_at_once_sets_no_reminder(due_by: int | None) -> None:
    books = told(sample("charge.dispute.created", evidence_details={"due_by": due_by}))
    assert not books.reminders
    assert [mail.data["due_by"] for mail in books.mails.values()] == [due_by or None]


def test_an_early_warning_of_fraud_is_told_once_while_a_refund_may_help() -> None:
    warning = sample("radar.early_fraud_warning.created")
    twin = warning.model_copy(update={"id": "evt_twin"})
    assert mailed(warning, twin) == ["fraud_warning"]
    assert mailed(sample("radar.early_fraud_warning.created", actionable=False)) == []
    assert mailed(sample("charge.refunded.full", customer=None), warning) == []
    assert mailed(DISPUTE, warning) == ["dispute_opened"]
    assert [one.name for one in told(warning, twin).announcements.values()] == ["payment.fraud_warning"]
