"""`billhook sign-schedules` signs the messages of older schedules, and keeps all else of them."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from cli.operate.sign_schedules import sign_schedules
from shared.messages.mac import signed_body, verify
from tests.consumer.examples import REGION

if TYPE_CHECKING:
    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient

GROUP = "billhook"
KEY, OLD = b"n" * 32, b"o" * 32
EVENT = {"id": "due_1", "object": "event", "type": "farewell.due", "data": {"object": {"customer": "cus_1"}}}
TARGET = {
    "Arn": "arn:aws:sqs:eu-central-1:123456789012:events.fifo",
    "RoleArn": "arn:aws:iam::123456789012:role/scheduler",
    "SqsParameters": {"MessageGroupId": "acct_1"},
    "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-central-1:123456789012:dlq"},
}


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Iterator["EventBridgeSchedulerClient"]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        client = boto3.client("scheduler")
        client.create_schedule_group(Name=GROUP)
        yield client


def schedule(scheduler: "EventBridgeSchedulerClient", name: str, body: str) -> dict[str, Any]:
    target: Any = {**TARGET, "Input": body}
    scheduler.create_schedule(
        Name=name,
        GroupName=GROUP,
        ScheduleExpression="at(2030-01-01T00:00:00)",
        ScheduleExpressionTimezone="UTC",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target=target,
    )
    return found(scheduler, name)


def found(scheduler: "EventBridgeSchedulerClient", name: str) -> dict[str, Any]:
    told = dict(scheduler.get_schedule(GroupName=GROUP, Name=name))
    return {key: told[key] for key in told.keys() - {"ResponseMetadata", "LastModificationDate", "CreationDate"}}


@pytest.mark.parametrize("body", [json.dumps(EVENT), signed_body(OLD, EVENT)])
def test_a_schedule_gets_a_new_mac_and_keeps_all_else(scheduler: "EventBridgeSchedulerClient", body: str) -> None:
    before = schedule(scheduler, "due_1", body)
    assert sign_schedules(scheduler, GROUP, [KEY, OLD], dry_run=False) == 0
    after = found(scheduler, "due_1")
    assert verify([KEY], after["Target"]["Input"], {}) == "signed"
    sent = json.loads(after["Target"].pop("Input"))
    assert (sent.pop("mac"), sent) == (json.loads(signed_body(KEY, EVENT))["mac"], EVENT)
    before["Target"].pop("Input")
    assert after == before


def test_a_signed_schedule_is_left_alone_and_a_dry_run_changes_nothing(
    scheduler: "EventBridgeSchedulerClient", capsys: pytest.CaptureFixture[str]
) -> None:
    signed = schedule(scheduler, "due_1", signed_body(KEY, EVENT))
    unsigned = schedule(scheduler, "due_2", json.dumps(EVENT))
    assert sign_schedules(scheduler, GROUP, [KEY], dry_run=True) == 0
    assert (found(scheduler, "due_1"), found(scheduler, "due_2")) == (signed, unsigned)
    assert capsys.readouterr().out.splitlines() == ["would be signed farewell.due  due_2", "1 to sign, 0 stay"]


@pytest.mark.parametrize("body", ["hello", json.dumps(EVENT | {"type": "invoice.paid"})])
def test_what_is_no_schedule_of_billhook_is_named_and_not_signed(
    scheduler: "EventBridgeSchedulerClient", body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = schedule(scheduler, "strange", body)
    assert sign_schedules(scheduler, GROUP, [KEY], dry_run=False) == 1
    assert found(scheduler, "strange") == strange
    assert "stays   strange" in capsys.readouterr().out
