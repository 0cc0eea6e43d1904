"""The runbook's commands for the effects worker work: stop, start, hand over again, redrive."""

import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pytest

from cli.local.stack import Stack, deployed
from cli.samples import samples
from shared.inbox.lanes import LANES, Lane
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.runbook import BLOCKS, block_with, run, until, url

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

pytestmark = [pytest.mark.prove, pytest.mark.cloud]  # the AWS CLI takes a second to start, for each of its commands

ACCOUNT = "acct_in_need"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with deployed(BUILT, ARCHITECTURE, SECRET, MailConnectedCustomers="true") as made:
        yield made


@pytest.fixture
def committed(stack: Stack, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """An event that is committed while the worker is stopped, as the runbook says; it is started again afterwards."""
    stop, start = block_with("EffectsFunction", "--no-enabled"), block_with("EffectsFunction", " --enabled")
    assert set(run(stack, tmp_path, stop).split()) <= {"Disabling", "Disabled"}
    # It owes a reminder and a mail, of an invoice of its own: one change is mailed once.
    event = samples.renamed(samples.fresh("invoice.payment_failed", stack.now(), account=ACCOUNT), token_hex(4))
    try:
        stack.send(event)
        until(lambda: (stack.inbox(event["id"]) or {}).get("state") == "committed")
        time.sleep(2)
        assert {"effects_owed", "mails_owed"} <= (stack.inbox(event["id"]) or {}).keys()
        yield event
    finally:
        run(stack, tmp_path, start)
    assert stack.settled(event["id"])["state"] == "done"


def test_a_worker_that_is_stopped_performs_nothing_until_it_is_started(
    stack: Stack, committed: dict[str, Any], tmp_path: Path
) -> None:
    assert committed["id"] in run(stack, tmp_path, block_with("--index-name unfinished"))


def test_what_was_lost_is_handed_over_again(stack: Stack, committed: dict[str, Any], tmp_path: Path) -> None:
    sqs: SQSClient = stack.cloud.client("sqs")
    for lane in LANES:
        sqs.purge_queue(QueueUrl=url(stack, lane))
    dry_run, handover = (block for block in BLOCKS if "./billhook handover" in block)
    assert f"would go  effects  {committed['id']}" in run(stack, tmp_path, dry_run)
    assert "2 handed over" in run(stack, tmp_path, handover)


@pytest.mark.parametrize("lane", LANES)
def test_a_redrive_of_a_lane_has_it_tried_again(stack: Stack, tmp_path: Path, lane: Lane) -> None:
    sqs: SQSClient = stack.cloud.client("sqs")
    sqs.send_message(QueueUrl=url(stack, lane), MessageBody="hello?")
    until(lambda: stack.dead_letters(lane) == 1)
    redrive = block_with("start-message-move-task", f"{lane}-dlq")
    assert "TaskHandle" in run(stack, tmp_path, redrive)
    until(lambda: stack.dead_letters(lane) == 0)
    until(lambda: stack.dead_letters(lane) == 1)
    sqs.purge_queue(QueueUrl=url(stack, f"{lane}-dlq"))
