"""A redrive begins as a plan of what this code makes of the dead letters, and shows its progress until it ends."""

import io
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cli.operate import move_all, stop
from cli.where import Where
from shared.failures.errors import Permanent
from tests.cli.operator_at_work import FailsWith, Operator
from tests.cli.why.test_explain import failed_before
from tests.cli.why.test_replay import answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sqs.client import SQSClient


class Moving:
    """SQS, whose move tasks moto lacks: each look takes the next of `looks`, an error or a task's state."""

    def __init__(self, sqs: "SQSClient", *looks: object) -> None:
        self._sqs = sqs
        self._looks: Iterator[object] = iter(looks)
        self.started: list[dict[str, Any]] = []
        self.cancelled: list[str] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - boto3's
        return getattr(self._sqs, name)

    def start_message_move_task(self, **asked: object) -> dict[str, str]:
        self.started.append(asked)
        return {"TaskHandle": "handle"}

    def list_message_move_tasks(self, **_: object) -> dict[str, Any]:
        look = next(self._looks)
        if callable(look):
            look = look()
        if isinstance(look, BaseException):
            raise look
        return {"Results": [look]}

    def cancel_message_move_task(self, TaskHandle: str) -> None:  # noqa: N803 - boto3's
        self.cancelled.append(TaskHandle)


@pytest.fixture
def dead(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """One dead letter, whose bug is mended."""
    failed_before(at_work)
    url = at_work.sqs.get_queue_url(QueueName="billhook-dlq.fifo")["QueueUrl"]
    at_work.sqs.send_message(QueueUrl=url, MessageBody="{}", MessageGroupId="g", MessageDeduplicationId="d")
    monkeypatch.setattr(move_all, "LOOK_SECONDS", 0)
    return at_work


def moves(at_work: Operator, monkeypatch: pytest.MonkeyPatch, *looks: object) -> Moving:
    moving, client = Moving(at_work.sqs, *looks), Where.client
    monkeypatch.setattr(Where, "client", lambda where, name: moving if name == "sqs" else client(where, name))
    return moving


def test_the_plan_alone_moves_nothing(dead: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    moving = moves(dead, monkeypatch)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    said = dead.types("redrive", "dlq.fifo", code=1)
    assert "1 x Permanent bug at somewhere" in said
    assert "evt_1  would be decided: 1 fact change" in said
    assert "add --yes" in said
    assert moving.started == []


def test_a_redrive_is_watched_until_it_ends(dead: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = ({"Status": "RUNNING"}, {"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 1})
    moving = moves(dead, monkeypatch, *looks)
    said = dead.types("redrive", "dlq.fifo", "--yes", "--pace", "5")
    assert "running: 0 messages moved" in said
    assert "completed: 1 message moved" in said
    (asked,) = moving.started
    assert asked["SourceArn"].endswith(":billhook-dlq.fifo")
    assert asked["MaxNumberOfMessagesPerSecond"] == 5


def test_a_watched_redrive_is_cancelled_once_its_events_fail_again(
    dead: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_again() -> object:
        dead.world.decide = FailsWith(Permanent("bug", "somewhere"))
        assert dead.world.consume("a new message", "evt_1", type="invoice.payment_failed").state == "failed"
        return {"Status": "RUNNING", "ApproximateNumberOfMessagesMoved": 1}

    monkeypatch.setattr(stop, "TOLERATED", 0)
    moving = moves(dead, monkeypatch, {"Status": "RUNNING"}, fails_again)
    said = dead.types("redrive", "dlq.fifo", "--yes", "--watch", code=1)
    assert "stopped, because 1 failed again with the same cause" in said
    assert moving.cancelled == ["handle"]
    assert dead.reads("audit")[0]["outcome"] == {"moved": 1, "settled": 0, "failed again": 1}


def test_ctrl_c_cancels_it(dead: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    moving = moves(dead, monkeypatch, KeyboardInterrupt())
    assert "cancelled; moved messages stay moved" in dead.types("redrive", "dlq.fifo", "--yes", code=130)
    assert "stopped by Ctrl-C after" in dead.types("audit")
    assert moving.cancelled == ["handle"]


def test_a_redrive_that_fails_says_why(dead: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    moves(dead, monkeypatch, {"Status": "FAILED", "FailureReason": "CouldNotDetermineMessageSource"})
    assert "not done: CouldNotDetermineMessageSource" in dead.types("redrive", "dlq.fifo", "--yes", code=1)


def test_no_as_an_answer_moves_nothing(dead: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    moving = moves(dead, monkeypatch)
    answers(monkeypatch, "no")
    assert "nothing was changed" in dead.types("redrive", "dlq.fifo", code=1)
    assert moving.started == []


def test_an_empty_queue_needs_no_redrive(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    moving = moves(at_work, monkeypatch)
    assert "nothing to redrive" in at_work.types("redrive", "mails-dlq", "--yes", code=1)
    assert moving.started == []
