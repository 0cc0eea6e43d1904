"""Schedules: a reminder is a one-time schedule of EventBridge Scheduler that sends to the queue of events."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.effects.remind import Remind
from shared.messages.mac import signed_body
from shared.runtime.message_keys import MessageKeys
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient

SOONEST = 60
"""Seconds from now, at least: AWS does not document `at()` with a past time, and Scheduler counts in minutes."""


@dataclass(frozen=True)
class ScheduleTarget:
    """The group of the schedules, and the queue and role that they use when they fire."""

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
    keys: MessageKeys
    clock: Callable[[], float]

    def set(self, remind: Remind) -> str:
        """Create the schedule of a reminder; returns `set`, or `set before` if the same schedule exists.

        Raises:
            Misconfigured: no key is stored that signs the message.
            botocore.exceptions.ClientError, BotoCoreError: Scheduler or Secrets Manager refused, or did not answer.
        """
        target = self.target
        at = datetime.fromtimestamp(max(remind.at, self.clock() + SOONEST), UTC)
        message = signed_body(self.keys.signing(self.clock()), reminder_message(remind, livemode=target.livemode))
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
                    "Input": message,
                    "SqsParameters": {"MessageGroupId": group},
                    "DeadLetterConfig": {"Arn": target.dlq_arn},
                },
            )
        except self.client.exceptions.ConflictException:
            return "set before"
        return "set"


def reminder_message(remind: Remind, *, livemode: bool | None) -> dict[str, Any]:
    """The message that the schedule sends, without its MAC: an event of Billhook's own type, with ids only.

    A stack for both modes (`livemode` None) does not know the mode of the subject, so the message names none.
    """
    return {
        "id": remind.name,
        "object": "event",
        "type": remind.type,
        "created": remind.at,
        **({} if livemode is None else {"livemode": livemode}),
        "account": None if remind.account == PLATFORM else remind.account,
        "data": {"object": {"object": "reminder", "id": remind.about, "customer": remind.customer}},
    }
