"""The real AWS CLI runs every command block of the runbook as it stands, on a stack in need."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.local.stack import Stack, deployed
from cli.samples import samples
from cli.samples.wrap import LOCAL_KEY
from functions.effects.perform.scheduler import reminder_message
from shared.effects.remind import Remind
from shared.messages.mac import signed_body
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.runbook import BLOCKS, block_with, run, until, url
from tests.support import watching

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

pytestmark = [pytest.mark.prove, pytest.mark.cloud]  # the AWS CLI takes a second to start, for each of its commands

ACCOUNT = "acct_in_need"
CAUSE = "amount_remaining"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with deployed(BUILT, ARCHITECTURE, SECRET, MailConnectedCustomers="true") as made:
        yield made


@pytest.fixture(scope="module")
def poison(stack: Stack) -> dict[str, Any]:
    """An event that can never be handled, beside one that was, and a request that nobody signed."""
    good = samples.fresh("invoice.paid", stack.now(), account=ACCOUNT)
    stack.send(good)
    stack.settled(good["id"])
    stack.send(samples.fresh("invoice.paid", stack.now()), secret="whsec_nobody_has")
    bad = samples.fresh("invoice.payment_failed", stack.now(), account=ACCOUNT)
    bad["data"]["object"]["amount_remaining"] = "a fortune"
    stack.send(bad)
    stack.settled(bad["id"])
    until(lambda: stack.dead_letters() == 1)
    return bad


@pytest.fixture
def reminder(stack: Stack) -> str:
    """The body of a message that Scheduler could not deliver."""
    due = Remind(type="reminder.payment_failed", at=stack.now() - 60, about="in_1", account=ACCOUNT, customer="cus_1")
    body = signed_body(LOCAL_KEY, reminder_message(due, livemode=True))
    sqs: SQSClient = stack.cloud.client("sqs")
    sqs.send_message(QueueUrl=url(stack, "scheduler-dlq"), MessageBody=body)
    return body


CHANGING = (
    "start-message-move-task",
    "update-event-source-mapping",
    "delete-message",
    "send-message",
    "billhook resend",
    "billhook apply",
    "billhook handover",
    "erase-again",  # test_restore.py runs these
    "erase-guest",
    "dynamodb restore-table",
    "dynamodb list-backups",
    "dynamodb create-backup",
)


@pytest.mark.parametrize("block", [block for block in BLOCKS if not any(word in block for word in CHANGING)])
def test_a_block_that_looks_runs_as_it_stands(stack: Stack, poison: dict[str, Any], tmp_path: Path, block: str) -> None:
    customer = poison["data"]["object"]["customer"]
    given = {"CAUSE": CAUSE, "CUSTOMER": customer, "FILE": "none"}
    run(stack, tmp_path, block, EVENT=poison["id"], ACCOUNT=ACCOUNT, **given)


@pytest.mark.parametrize("name", watching.alarms())
def test_an_alarms_first_command_runs_as_it_stands(
    stack: Stack, poison: dict[str, Any], reminder: str, tmp_path: Path, name: str
) -> None:
    assert poison
    assert reminder
    first = watching.description(watching.alarms()[name]).split("\n")[1]
    run(stack, tmp_path, first.removeprefix("First: "))


def test_the_first_look_at_dead_letters_tells_which_event_and_why(
    stack: Stack, poison: dict[str, Any], tmp_path: Path
) -> None:
    said = run(stack, tmp_path, block_with("failed", "logs consumer"))
    assert poison["id"] in said
    assert "invoice_int_parsing at amount_remaining" in said


def test_the_inbox_tells_one_events_state(stack: Stack, poison: dict[str, Any], tmp_path: Path) -> None:
    item = json.loads(run(stack, tmp_path, block_with("get-item"), EVENT=poison["id"]))["Item"]
    assert item["state"] == {"S": "failed"}


def test_unfinished_events_are_listed_with_their_errors(stack: Stack, poison: dict[str, Any], tmp_path: Path) -> None:
    assert poison["id"] in run(stack, tmp_path, block_with("#state IN"))


def test_a_consumer_that_is_stopped_takes_nothing_until_it_is_started(stack: Stack, tmp_path: Path) -> None:
    assert run(stack, tmp_path, block_with("--no-enabled")).strip() in {"Disabling", "Disabled"}
    event = samples.fresh("invoice.paid", stack.now(), account=ACCOUNT)
    assert stack.send(event).status == 200
    time.sleep(2)
    assert stack.inbox(event["id"]) is None

    run(stack, tmp_path, block_with(" --enabled"))
    assert stack.settled(event["id"])["state"] == "done"


def test_scheduler_s_dead_letters_are_looked_at_and_sent_again(stack: Stack, reminder: str, tmp_path: Path) -> None:
    event = json.loads(reminder)
    assert f"would go reminder.payment_failed  {event['id']}" in run(stack, tmp_path, block_with("resend", "--dry-run"))
    assert stack.inbox(event["id"]) is None

    run(stack, tmp_path, next(one for one in BLOCKS if "billhook resend" in one and "--dry-run" not in one))

    assert stack.settled(event["id"])["state"] == "done"
    sqs: SQSClient = stack.cloud.client("sqs")
    left = sqs.get_queue_attributes(
        QueueUrl=url(stack, "scheduler-dlq"),
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    assert set(left.values()) == {"0"}


def test_a_redrive_tries_in_earnest_and_what_fails_again_is_dead_again(
    stack: Stack, poison: dict[str, Any], tmp_path: Path
) -> None:
    before = stack.inbox(poison["id"]) or {}
    redrive, again = (one for one in BLOCKS if "start-message-move-task" in one and "dlq.fifo" in one)
    assert "TaskHandle" in run(stack, tmp_path, redrive)
    until(lambda: (stack.inbox(poison["id"]) or {})["message_id"] != before["message_id"])
    until(lambda: stack.dead_letters() == 1)
    assert run(stack, tmp_path, block_with("list-message-move-tasks")).split("\t")[:2] == ["COMPLETED", "1"]
    assert "TaskHandle" in run(stack, tmp_path, again)
    until(lambda: stack.dead_letters() == 1)


def test_one_cause_is_planned_and_the_plan_applied(stack: Stack, poison: dict[str, Any], tmp_path: Path) -> None:
    before = stack.inbox(poison["id"]) or {}
    assert "the plan is in plan.json" in run(stack, tmp_path, block_with("--plan"), CAUSE=CAUSE)
    assert "1 message moved to events.fifo" in run(stack, tmp_path, block_with("billhook apply"))
    until(lambda: (stack.inbox(poison["id"]) or {})["message_id"] != before["message_id"])
    until(lambda: stack.dead_letters() == 1)


def test_poison_is_copied_out_and_deleted_and_nothing_else(
    stack: Stack, poison: dict[str, Any], tmp_path: Path
) -> None:
    other = samples.fresh("invoice.payment_failed", stack.now(), account="acct_other")
    other["data"]["object"]["amount_remaining"] = "another fortune"
    stack.send(other)
    until(lambda: stack.dead_letters() == 2)

    run(stack, tmp_path, block_with(">dead-letter.json"), EVENT=poison["id"])
    (copied,) = json.loads((tmp_path / "dead-letter.json").read_text())
    assert json.loads(copied["Body"])["id"] == poison["id"]
    run(stack, tmp_path, block_with("delete-message"), EVENT=poison["id"])

    time.sleep(6)
    assert stack.dead_letters() == 1


def test_a_failed_event_is_replayed_from_the_archive(stack: Stack, poison: dict[str, Any], tmp_path: Path) -> None:
    before = stack.inbox(poison["id"]) or {}
    customer = poison["data"]["object"]["customer"]

    run(stack, tmp_path, block_with("base64"), EVENT=poison["id"], ACCOUNT=ACCOUNT, CUSTOMER=customer)

    until(lambda: (stack.inbox(poison["id"]) or {})["message_id"] != before["message_id"])
    assert not list(tmp_path.glob("*.json"))
