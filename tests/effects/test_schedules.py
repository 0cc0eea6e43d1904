"""A reminder is a one-time schedule whose message joins the queue of its customer's events."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from functions.consumer.message import read_message
from functions.effects.perform.scheduler import Schedules, ScheduleTarget, reminder_message
from functions.ingest.stripe_event import parse_event
from shared.effects.remind import Remind
from shared.messages.envelope import group_of
from shared.messages.mac import signed_body, verify
from shared.stripe_objects.event import read_event
from shared.values.times import DAY
from tests.consumer.examples import KEYS, NOW, REGION, reminder, sqs_record, stripe_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_scheduler.type_defs import GetScheduleOutputTypeDef

TARGET = ScheduleTarget(
    group="billhook",
    queue_arn=f"arn:aws:sqs:{REGION}:123456789012:events.fifo",
    role_arn="arn:aws:iam::123456789012:role/scheduler",
    dlq_arn=f"arn:aws:sqs:{REGION}:123456789012:scheduler-dlq",
    by_customer=False,
    livemode=True,
)


@pytest.fixture
def scheduler() -> "Iterator[EventBridgeSchedulerClient]":
    with mock_aws():
        client = boto3.client("scheduler", region_name=REGION)
        client.create_schedule_group(Name="billhook")
        yield client


def at(client: "EventBridgeSchedulerClient", target: ScheduleTarget = TARGET) -> Schedules:
    return Schedules(client, target, KEYS, lambda: NOW)


def found(client: "EventBridgeSchedulerClient", remind: Remind) -> "GetScheduleOutputTypeDef":
    return client.get_schedule(GroupName="billhook", Name=remind.name)


def test_a_reminder_fires_once_when_it_is_due_and_leaves_nothing_behind(
    scheduler: "EventBridgeSchedulerClient",
) -> None:
    assert at(scheduler).set(reminder()) == "set"
    schedule = found(scheduler, reminder())
    due = datetime.fromtimestamp(NOW + 3 * DAY, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == (f"at({due})", "UTC")
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["ActionAfterCompletion"] == "DELETE"


def test_it_comes_back_through_our_own_queue_or_waits_in_a_dead_letter_queue(
    scheduler: "EventBridgeSchedulerClient",
) -> None:
    at(scheduler).set(reminder())
    target = found(scheduler, reminder())["Target"]
    assert (target["Arn"], target["RoleArn"]) == (TARGET.queue_arn, TARGET.role_arn)
    assert target["DeadLetterConfig"] == {"Arn": TARGET.dlq_arn}
    assert target["Input"] == signed_body(KEYS.signing(NOW), reminder_message(reminder(), livemode=True))
    assert verify(KEYS.current(NOW), target["Input"], {}) == "signed"


@pytest.mark.parametrize("by_customer", [False, True], ids=["by account", "by customer"])
@pytest.mark.parametrize("account", ["acct_1", None], ids=["connected", "platform"])
def test_it_stands_in_the_same_line_as_its_customers_events(
    scheduler: "EventBridgeSchedulerClient", account: str | None, *, by_customer: bool
) -> None:
    body = json.dumps(stripe_event(account=account))
    remind = reminder().model_copy(update={"account": read_event(body).account})
    at(scheduler, replace(TARGET, by_customer=by_customer)).set(remind)
    events_group = group_of(parse_event(body.encode()), "customer" if by_customer else "account")
    assert found(scheduler, remind)["Target"]["SqsParameters"] == {"MessageGroupId": events_group}


def test_setting_it_again_changes_nothing(scheduler: "EventBridgeSchedulerClient") -> None:
    schedules = at(scheduler)
    schedules.set(reminder())
    assert schedules.set(reminder()) == "set before"
    assert len(scheduler.list_schedules(GroupName="billhook")["Schedules"]) == 1


def test_another_due_time_is_another_reminder(scheduler: "EventBridgeSchedulerClient") -> None:
    schedules = at(scheduler)
    schedules.set(reminder())
    assert schedules.set(reminder().model_copy(update={"at": NOW + 4 * DAY})) == "set"
    assert len(scheduler.list_schedules(GroupName="billhook")["Schedules"]) == 2


def test_what_is_overdue_fires_in_a_minute(scheduler: "EventBridgeSchedulerClient") -> None:
    overdue = reminder().model_copy(update={"at": NOW - DAY})
    at(scheduler).set(overdue)
    soon = datetime.fromtimestamp(NOW + 60, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    assert found(scheduler, overdue)["ScheduleExpression"] == f"at({soon})"


def test_a_scheduler_that_refuses_is_a_failure(scheduler: "EventBridgeSchedulerClient") -> None:
    with Stubber(scheduler) as stub:
        stub.add_client_error("create_schedule", "ServiceQuotaExceededException")
        with pytest.raises(ClientError, match="ServiceQuotaExceededException"):
            at(scheduler).set(reminder())


@pytest.mark.parametrize("livemode", [True, False, None])
@pytest.mark.parametrize("account", ["acct_1", "platform"])
def test_its_message_is_an_event_like_any_other(account: str, *, livemode: bool | None) -> None:
    remind = reminder().model_copy(update={"account": account})
    body = signed_body(KEYS.signing(NOW), reminder_message(remind, livemode=livemode))
    message, event = read_message(sqs_record(body)), read_event(body)
    assert (message.event_id, message.account, message.customer) == (remind.name, account, "cus_1")
    assert (message.own, message.livemode) == (True, livemode)
    assert (event.type, event.created, event.account) == (remind.type, remind.at, account)
    assert (event.object["id"], event.subject) == ("in_1", "cus_1")
