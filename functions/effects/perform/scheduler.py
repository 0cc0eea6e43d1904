"""Schedules: a reminder is a one-time schedule of EventBridge Scheduler whose target is our own queue."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.effects.remind import Remind
from shared.stripe_objects.event import PLATFORM

if TYPE_CHECKING:
    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient

SOONEST = 60
"""What `at()` does with a time that has passed is not documented, and Scheduler counts in minutes."""


@dataclass(frozen=True)
class ScheduleTarget:
    """Where schedules live and what they may do when they fire."""

    group: str
    queue_arn: str
    role_arn: str
    dlq_arn: str
    by_customer: bool
    livemode: bool | None
    """The mode whose events the stack handles; None for both."""


@dataclass(frozen=True)
class Schedules:
    """The schedules of reminders. `clock` gives epoch seconds."""

    client: "EventBridgeSchedulerClient"
    target: ScheduleTarget
    clock: Callable[[], float]

    def set(self, remind: Remind) -> str:
        """Create the schedule of a reminder; if its name is taken, it is the same schedule, and stands.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: Scheduler refused, or did not answer.
        """
        target = self.target
        at = datetime.fromtimestamp(max(remind.at, self.clock() + SOONEST), UTC)
        group = f"{remind.account}#{remind.customer}" if target.by_customer else remind.account
        try:
            self.client.create_schedule(
                Name=remind.name,
                GroupName=target.group,
                ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    "Arn": target.queue_arn,
                    "RoleArn": target.role_arn,
                    "Input": message_of(remind, livemode=target.livemode),
                    "SqsParameters": {"MessageGroupId": group},
                    "DeadLetterConfig": {"Arn": target.dlq_arn},
                },
            )
        except self.client.exceptions.ConflictException:
            return "set before"
        return "set"


def message_of(remind: Remind, *, livemode: bool | None) -> str:
    """The message that the schedule sends: an event like any other, of a type of our own, holding ids only.

    A stack for both modes (`livemode` None) does not know the mode of what the message is about, and names none.
    """
    return json.dumps(
        {
            "id": remind.name,
            "object": "event",
            "type": remind.type,
            "created": remind.at,
            **({} if livemode is None else {"livemode": livemode}),
            "account": None if remind.account == PLATFORM else remind.account,
            "data": {"object": {"object": "reminder", "id": remind.about, "customer": remind.customer}},
        },
        separators=(",", ":"),
    )
