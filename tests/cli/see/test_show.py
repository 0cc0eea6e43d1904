"""One event is shown as a timeline, from Stripe to its last effect."""

import json

import pytest

from cli.see.screen import moment
from shared.tables.attributes import to_item
from tests.cli.operator_at_work import SHAPE, FailsWith, Operator
from tests.consumer.examples import only_save, stripe_event, tell_and_remind


def test_the_timeline_goes_from_stripe_to_the_last_effect(at_work: Operator) -> None:
    at_work.world.decide = tell_and_remind
    at_work.world.consume()
    at_work.world.work_all()
    lines = at_work.types("show", "evt_1").splitlines()
    told = [line.split("  ")[2] for line in lines if line.startswith("  18 Nov 2026")]
    assert told[:3] == ["created at Stripe", "received, 5.0 s later", "attempt 1 began, after 5.0 s in the queue"]
    assert told[3] == "decided and committed"
    assert told[-1] == "done"
    assert "    sent" in lines
    assert "    set" in lines


def test_an_effect_that_is_tried_again_says_why_and_when(at_work: Operator) -> None:
    at_work.world.decide = tell_and_remind
    at_work.world.consume()
    at_work.world.services.mail_errors = [KeyError("x")]
    at_work.world.work("mails")
    assert "attempt 1 failed: KeyError unexpected at functions." in at_work.types("show", "evt_1")


def test_a_decision_is_told_from_its_journal(at_work: Operator) -> None:
    at_work.handles("customer.subscription.created", "evt_1", account=None)
    said = at_work.types("show", "evt_1")
    assert "access: unknown -> yes" in said
    assert "Decision (code " in said


def test_a_failure_says_where_the_event_lies(at_work: Operator) -> None:
    at_work.fails_at("evt_1")
    said = at_work.types("show", "evt_1")
    assert "given up" in said
    assert "given up after 1 attempt, it lies in dlq.fifo" in said


def test_each_failed_attempt_stands_in_the_timeline_with_its_error(at_work: Operator) -> None:
    for error in (KeyError("x"), ValueError("y"), SHAPE):
        at_work.fails_at("evt_1", error)
        at_work.world.clock.now += 600
    lines = [line for line in at_work.types("show", "evt_1").splitlines() if "failed: " in line]
    assert [line.split("  ")[2].partition(" at ")[0] for line in lines] == [
        "attempt 1 failed: KeyError unexpected",
        "attempt 2 failed: ValueError unexpected",
        "attempt 3 failed: Permanent invoice_int_parsing",
    ]


def test_both_times_at_which_an_event_was_given_up_are_told(at_work: Operator) -> None:
    at_work.fails_at("evt_1")
    at_work.world.clock.now += 600
    at_work.world.decide = FailsWith(SHAPE)
    at_work.world.consume("another message", "evt_1")
    first, last = (f"{moment(at)}  " for at in (at_work.world.clock.now - 600, at_work.world.clock.now))
    lines = [line.strip() for line in at_work.types("show", "evt_1").splitlines()]
    assert f"{first}given up, and handled again later" in lines
    assert f"{last}given up again" in lines
    at_work.world.clock.now += 600
    at_work.world.decide = only_save
    at_work.world.consume("a third message", "evt_1")
    said = at_work.types("show", "evt_1")
    assert said.count("given up, and handled again later") == 2
    assert "attempt 1 began, after a redrive or a replay" in said


def test_an_item_of_an_older_version_does_not_call_the_last_time_the_only_one(at_work: Operator) -> None:
    at_work.fails_at("evt_1")
    at_work.world.clock.now += 600
    at_work.world.decide = FailsWith(SHAPE)
    at_work.world.consume("another message", "evt_1")
    first, _ = at_work.world.inbox()["errors"]
    older = {name: value for name, value in first.items() if name != "given_up_ms"} | {"times": 2}
    at_work.world.store.client.update_item(
        TableName=at_work.world.store.inbox,
        Key=to_item({"id": "evt_1"}),
        UpdateExpression="SET errors = :errors",
        ExpressionAttributeValues=to_item({":errors": [older]}),
    )
    said = at_work.types("show", "evt_1")
    assert "and 1 time more, again as attempt 1" in said
    assert "given up, the last time; the inbox keeps no earlier one" in said


def test_the_payload_is_printed_only_if_asked_for(at_work: Operator) -> None:
    at_work.world.decide = tell_and_remind
    at_work.world.consume()
    assert "ann@example.com" not in at_work.types("show", "evt_1")
    assert "ann@example.com" in at_work.types("show", "evt_1", "--payload")
    assert at_work.reads("show", "evt_1", "--payload")["payload"] == stripe_event()


@pytest.mark.parametrize(
    "name", ["radar.early_fraud_warning.created", "customer.created", "payout.created", "account.updated"]
)
def test_an_event_without_a_customer_is_shown_by_the_subject_that_the_inbox_notes(at_work: Operator, name: str) -> None:
    at_work.handles(name, "evt_1", account=None)
    assert "Decision (code " in at_work.types("show", "evt_1")


def test_a_failed_event_without_a_customer_is_shown_likewise(at_work: Operator) -> None:
    charge = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}
    at_work.fails_at("evt_1", type="charge.refunded", data={"object": charge})
    assert at_work.reads("show", "evt_1", "--payload")["payload"]["data"]["object"] == charge


def test_an_event_of_an_older_version_without_a_customer_needs_its_object(at_work: Operator) -> None:
    at_work.handles("radar.early_fraud_warning.created", "evt_1", account=None)
    older = at_work.world.inbox()
    at_work.world.store.client.update_item(
        TableName=at_work.world.store.inbox, Key=to_item({"id": "evt_1"}), UpdateExpression="REMOVE subject"
    )
    assert older["subject"].startswith("pi_")
    assert "with --of pi_…" in at_work.types("show", "evt_1")
    payment = json.loads(at_work.world.inbox()["outbox"])[0]["announcements"][0]["facts"]["payment"]
    assert "Decision (code " in at_work.types("show", "evt_1", "--of", payment)


def test_an_event_that_is_not_there_says_where_it_may_be(at_work: Operator) -> None:
    assert "is not in the inbox of billhook" in at_work.types("show", "evt_9", code=1)


def test_one_event_costs_two_reads(at_work: Operator) -> None:
    at_work.fails_at("evt_1")
    at_work.types("show", "evt_1")
    assert dict(at_work.calls) == {"GetItem": 1, "Query": 1}
