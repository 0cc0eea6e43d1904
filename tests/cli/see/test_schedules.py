"""Each schedule says when it fires, why, and what would silence it."""

import json
from datetime import UTC, datetime

import boto3
import pytest

from cli.see.words import SCHEDULES
from cli.where import Where
from functions.consumer.routes import ROUTES
from functions.effects.perform.scheduler import reminder_message
from shared.effects.remind import Remind
from shared.messages.internal_types import SCHEDULED
from tests.cli.operator_at_work import Operator

TARGET = {"Arn": "arn:aws:sqs:eu-central-1:123456789012:events.fifo", "RoleArn": "arn:aws:iam::123456789012:role/s"}


@pytest.fixture
def scheduled(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> Operator:
    scheduler = boto3.client("scheduler")
    scheduler.create_schedule_group(Name="billhook")
    for kind, at in (("erasure.due", 1_900_000_000), ("reminder.payment_failed", 1_800_000_000)):
        remind = Remind(type=kind, at=at, about="in_1", account="acct_1", customer="cus_1")
        _create(scheduler, remind.name, json.dumps(reminder_message(remind, livemode=True)), at)
    _create(scheduler, "strange", "hello", 1_800_000_000)
    monkeypatch.setattr(Where, "described", lambda _where: ({"ScheduleGroupName": "billhook"}, {}))
    return at_work


def _create(scheduler: object, name: str, body: str, at: int) -> None:
    scheduler.create_schedule(  # type: ignore[attr-defined] # boto3's
        Name=name,
        GroupName="billhook",
        ScheduleExpression=f"at({datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={**TARGET, "Input": body},
    )


def test_schedules_are_told_in_the_order_in_which_they_fire(scheduled: Operator) -> None:
    said = scheduled.types("schedules")
    assert said.index("reminder.payment_failed") < said.index("erasure.due")
    assert "unless the invoice is paid" in said
    assert "cus_1 of acct_1" in said
    assert "2 schedules" in said


def test_one_type_can_be_asked_for(scheduled: Operator) -> None:
    assert [one["type"] for one in scheduled.reads("schedules", "--type", "erasure.due")] == ["erasure.due"]
    assert scheduled.reads("schedules", "--type", "farewell.due", code=1) == []


def test_a_list_that_is_cut_says_so(scheduled: Operator) -> None:
    assert "of the first 2; --limit looks at more" in scheduled.types("schedules", "--limit", "2")


def test_every_type_that_a_schedule_sends_is_explained() -> None:
    assert set(SCHEDULES) == {type_ for type_ in ROUTES if type_.startswith(SCHEDULED)}
