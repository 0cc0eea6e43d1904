"""Of two causes in a dead-letter queue one is redriven; the other stays, and SQS's own redrive still moves it."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import main
from cli.local.stack import NAME, Stack, deployed
from cli.samples import samples
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.runbook import until

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

pytestmark = pytest.mark.cloud


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with deployed(BUILT, ARCHITECTURE, SECRET) as made:
        yield made


@pytest.fixture
def billhook(stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Types a command at the stack; returns what it printed."""
    for name, value in stack.cloud.environment.items():
        monkeypatch.setenv(name, value)

    def types(*words: str) -> str:
        code = main([*words, "--stack", NAME])
        said = "".join(capsys.readouterr())
        assert code == 0, said
        return said

    return types


def poison(stack: Stack, account: str, **wrong: object) -> dict[str, Any]:
    """An event that can never be decided, once it lies in the dead-letter queue."""
    event = samples.fresh("invoice.payment_failed", stack.now(), account=account)
    event["data"]["object"] |= wrong
    before = stack.dead_letters()
    assert stack.send(event).status == 200
    until(lambda: stack.dead_letters() == before + 1)
    return event


def message_of(stack: Stack, event: dict[str, Any]) -> str:
    item = stack.inbox(event["id"])
    assert item is not None
    return str(item["message_id"])


def test_one_cause_is_redriven_and_the_other_can_still_be_moved(
    stack: Stack, account: str, billhook: Callable[..., str]
) -> None:
    amounts = [poison(stack, account, amount_remaining="a fortune") for _ in range(2)]
    other = poison(stack, account, currency=["a list"])
    last = poison(stack, account, amount_remaining="a fortune")
    events = (*amounts, other, last)
    before = [message_of(stack, event) for event in events]

    said = billhook("redrive", "dlq.fifo", "--cause", "amount_remaining", "--yes")

    assert "3 messages moved to events.fifo" in said
    until(lambda: stack.dead_letters() == 4)  # all fail again, and SQS dead-letters them again
    after = [message_of(stack, event) for event in events]
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, True, False, True]
    (entry,) = [item for item in stack.books() if item["pk"].startswith("audit#")]
    assert (entry["state"], entry["outcome"]) == ("done", {"moved": 3})

    sqs: SQSClient = stack.cloud.client("sqs")
    url = stack.outputs["DeadLetterQueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.start_message_move_task(SourceArn=arn)
    until(lambda: message_of(stack, other) != before[2])
    time.sleep(1)
    until(lambda: stack.dead_letters() == 4)
    assert sqs.list_message_move_tasks(SourceArn=arn)["Results"][0]["Status"] == "COMPLETED"
