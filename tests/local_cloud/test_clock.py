"""A test can let time pass, for schedules, queues and functions alike."""

import json
import subprocess
import urllib.error
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from infra.local_cloud.cloud import LocalCloud
from infra.local_cloud.emulator import PYTHON

from .conftest import Queue, fifo_queue, function, stack, unique

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

DAY = timedelta(days=1).total_seconds()
A_MOMENT = timedelta(seconds=5)


def schedule(cloud: LocalCloud, queue: Queue, due: datetime) -> str:
    """A one-time schedule that sends "due" to the queue, in the group "later"; answers its name."""
    scheduler: EventBridgeSchedulerClient = cloud.client("scheduler")
    name = unique("schedule")
    scheduler.create_schedule(
        Name=name,
        ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={
            "Arn": queue.arn,
            "RoleArn": "arn:aws:iam::000000000000:role/any",
            "Input": "due",
            "SqsParameters": {"MessageGroupId": "later"},
        },
    )
    return name


def test_a_schedule_fires_once_when_its_day_has_come(cloud: LocalCloud) -> None:
    queue = fifo_queue(cloud)
    schedule(cloud, queue, cloud.now() + timedelta(days=30))
    assert queue.bodies() == []

    cloud.advance(30 * DAY)

    [message] = queue.receive()
    assert (message["Body"], message["Attributes"]["MessageGroupId"]) == ("due", "later")
    cloud.advance(DAY)
    assert [again["MessageId"] for again in queue.receive()] == [message["MessageId"]]  # no second one beside it


def test_a_schedule_fires_within_a_second_without_being_asked(cloud: LocalCloud) -> None:
    queue = fifo_queue(cloud)

    schedule(cloud, queue, cloud.now())

    assert [message["Body"] for message in queue.receive(wait=2)] == ["due"]


def test_a_schedule_that_has_fired_is_gone(cloud: LocalCloud) -> None:
    queue = fifo_queue(cloud)
    name = schedule(cloud, queue, cloud.now())
    assert queue.receive(wait=2)

    scheduler: EventBridgeSchedulerClient = cloud.client("scheduler")
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.get_schedule(Name=name)


def test_an_invisible_message_comes_back_when_its_time_is_up(cloud: LocalCloud) -> None:
    queue = fifo_queue(cloud)
    queue.send("in somebody's hands")
    assert queue.receive(seconds_invisible=3600)
    assert queue.bodies() == []

    cloud.advance(3600)

    assert queue.bodies() == ["in somebody's hands"]


def test_functions_live_by_the_same_clock(cloud: LocalCloud) -> None:
    code = """
import time
from datetime import UTC, date, datetime

def handler(event, context):
    return [time.time(), time.time_ns() / 1e9, datetime.now(UTC).timestamp(), date.today().isoformat()]
"""
    functions = cloud.client("lambda")
    name = stack(cloud, {"Function": function(code)}, {"Name": {"Ref": "Function"}})["Name"]
    functions.invoke(FunctionName=name)  # a worker that has started is to notice, too

    expected = cloud.advance(10 * DAY)

    *times, today = json.load(functions.invoke(FunctionName=name)["Payload"])
    for seen in times:
        assert abs(datetime.fromtimestamp(seen, UTC) - expected) < A_MOMENT
    assert today == expected.astimezone().date().isoformat()


def test_the_clock_does_not_go_back(cloud: LocalCloud) -> None:
    before = cloud.now()

    with pytest.raises(urllib.error.HTTPError) as refused:
        cloud.advance(-1)

    refused.value.close()
    assert timedelta(0) <= cloud.now() - before < A_MOMENT


def test_the_clock_can_be_put_anywhere_and_right_again(cloud: LocalCloud) -> None:
    cloud.set_clock(ahead=-10 * DAY)
    assert abs(cloud.now() - (datetime.now(UTC) - timedelta(days=10))) < A_MOMENT

    cloud.set_clock(ahead=0)
    assert abs(cloud.now() - datetime.now(UTC)) < A_MOMENT


def test_plain_ministack_still_looks_for_due_schedules_every_ten_seconds() -> None:
    code = """
from ministack.services import eventbridge, scheduler
print(scheduler._SCHEDULE_TICK_INTERVAL, eventbridge._SCHEDULER_TICK_INTERVAL)
"""

    printed = subprocess.check_output([PYTHON, "-c", code], text=True)  # noqa: S603 -- the code is above

    assert printed == "10 10\n"
