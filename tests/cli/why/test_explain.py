"""Today's code decides on an archived event against today's books, says what would come of it, and writes nothing."""

import json
from typing import Any

import boto3
import pytest

from shared.failures.errors import Permanent
from shared.tables.attributes import to_item
from tests.cli.operator_at_work import Operator
from tests.support.samples import EVENTS, sample

READS = {"GetItem", "BatchGetItem", "Query", "GetSecretValue", "DescribeStackResource", "GetFunctionConfiguration"}
CREATED = "customer.subscription.created"
FAILED = "invoice.payment_failed"


def failed_before(at_work: Operator, event_id: str = "evt_1", name: str = FAILED) -> None:
    """A bug, which is mended now, made the consumer fail at a sample."""
    event: dict[str, Any] = {"account": None, **json.loads((EVENTS / f"{name}.json").read_text()), "id": event_id}
    at_work.fails_at(event_id, Permanent("bug", "somewhere"), **{k: v for k, v in event.items() if k != "id"})


def test_a_dead_letter_that_is_mended_is_told_with_what_a_redrive_would_do(at_work: Operator) -> None:
    at_work.handles(CREATED, "evt_0")
    failed_before(at_work)
    said = at_work.types("explain", "evt_1")
    assert "past due: no -> yes" in said
    assert "/organization: " in said
    assert "schedule reminder.payment_failed" in said
    assert "would be performed" in said


def test_an_event_without_a_customer_is_found_where_the_inbox_says(at_work: Operator) -> None:
    failed_before(at_work, name="radar.early_fraud_warning.created")
    assert "would be performed" in at_work.types("explain", "evt_1")


def test_a_bug_that_is_still_there_is_told_with_its_place(at_work: Operator) -> None:
    bad = {**sample(FAILED).object, "amount_remaining": "a fortune"}
    at_work.handles(FAILED, "evt_1", data={"object": bad})
    said = at_work.types("explain", "evt_1", code=1)
    assert "today's code fails: Permanent invoice_int_parsing at amount_remaining" in said


def test_what_was_done_is_left_out_and_says_so(at_work: Operator) -> None:
    at_work.handles(FAILED, "evt_1")
    at_work.world.work_all()
    said = at_work.types("explain", "evt_1")
    assert "never handled again" in said
    assert "none: the books already say what the event says" in said
    assert "left out: this event's own decision had it (set)" in said
    assert "decided then (sent); today's decision lacks it" in said
    assert "decided then (published); today's decision lacks it" in said
    assert "would be performed" not in said


def test_a_mail_that_another_event_has_sent_is_left_out(at_work: Operator) -> None:
    at_work.handles(FAILED, "evt_1")
    record = {"pk": f"platform#{sample(FAILED).object['customer']}", "sk": "organization"}
    at_work.world.store.client.delete_item(TableName="billhook-books", Key=to_item(record))
    failed_before(at_work, "evt_2")
    assert "left out: evt_1 has claimed this mail" in at_work.types("explain", "evt_2")


def test_an_effect_that_todays_code_would_not_have_is_named(at_work: Operator) -> None:
    at_work.handles(FAILED, "evt_1")
    at_work.handles("invoice.paid", "evt_2")
    at_work.world.work_all()
    assert "; today's decision lacks it" in at_work.types("explain", "evt_1")


def test_a_decision_that_still_owes_effects_stands_and_the_owed_ones_are_named(at_work: Operator) -> None:
    at_work.handles(FAILED, "evt_1")
    at_work.world.services.mail_errors = [Permanent("mail_rejected", "sender")]
    at_work.world.work_all()
    said = at_work.types("explain", "evt_1")
    assert "The decision is committed and stands" in said
    assert "mail payment_failed:" in said
    assert "schedule" not in said  # it is set
    assert "lacks it" not in said
    assert "would change" not in said
    told = at_work.reads("explain", "evt_1")
    assert (told["stands"], [one["effect"].partition(":")[0] for one in told["owes"]]) == (
        True,
        ["mail payment_failed"],
    )


def test_a_new_organization_without_other_facts_is_no_contradiction(at_work: Operator) -> None:
    failed_before(at_work, name="invoice.upcoming")
    said = at_work.types("explain", "evt_1")
    assert "/organization: new" in said
    assert "none, beside the new records below" in said
    assert "already say" not in said


def test_nothing_is_written_and_nothing_sent(at_work: Operator) -> None:
    at_work.handles(CREATED, "evt_0")
    failed_before(at_work)
    at_work.types("explain", "evt_1")
    assert at_work.calls.keys() <= READS
    assert at_work.world.inbox("evt_1")["state"] == "failed"


def test_without_the_key_of_the_tombstones_it_says_what_is_missing(at_work: Operator) -> None:
    failed_before(at_work)
    assert "may not read the key of the tombstones" in at_work.types("explain", "evt_1")
    boto3.client("secretsmanager").create_secret(Name="token-key", SecretString="k" * 64)
    assert "tombstones" not in at_work.types("explain", "evt_1")


def test_it_answers_as_json(at_work: Operator) -> None:
    failed_before(at_work)
    told = at_work.reads("explain", "evt_1")
    assert told["event"] == "evt_1"
    assert {one["outcome"] for one in told["effects"]} == {"would be performed"}


@pytest.mark.parametrize("event_id", ["evt_9", "due_1"])
def test_without_a_payload_it_says_where_there_may_be_one(at_work: Operator, event_id: str) -> None:
    assert f"no payload of {event_id} is archived" in at_work.types("explain", event_id, code=1)
