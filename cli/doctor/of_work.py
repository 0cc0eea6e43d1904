"""What `billhook doctor` finds about work that has stopped: dead letters, effects that are owed, and schedules."""

import time
from collections.abc import Iterator, Mapping

from cli.doctor.finding import Finding, ok, wrong
from cli.where import Where
from functions.reconcile.overdue import LATE, UnfinishedEvents

DEAD_LETTER_QUEUES = {
    "dlq.fifo": "events",
    "effects-dlq": "effects",
    "mails-dlq": "mails",
    "scheduler-dlq": "messages of Scheduler",
}
"""The stack's dead-letter queues, and what lies in them."""


def of_dead_letters(where: Where) -> Iterator[Finding]:
    """Whether a dead-letter queue holds anything; raises botocore's errors."""
    sqs = where.client("sqs")
    dead: dict[str, int] = {}
    for queue, what in DEAD_LETTER_QUEUES.items():
        asked = ["ApproximateNumberOfMessages"]
        told = sqs.get_queue_attributes(QueueUrl=where.queue(queue), AttributeNames=asked)["Attributes"]
        dead[what] = int(told["ApproximateNumberOfMessages"])
    if any(dead.values()):
        says = ", ".join(f"{number} {what}" for what, number in dead.items() if number)
        yield wrong("dead letters", f"dead: {says}", "find the cause first: docs/runbook.md, dead-letters")
    else:
        yield ok("dead letters", "there are none")


def of_owed_effects(where: Where, table: str) -> Iterator[Finding]:
    """Whether effects are owed for longer than reconciliation waits; raises botocore's errors."""
    late = max(LATE.values())
    now = time.time()
    found = UnfinishedEvents(where.client("dynamodb"), table).committed_before(int((now - late) * 1000))
    oldest = min((item["committed_ms"] for item in found), default=None)
    if oldest is None:
        yield ok("owed effects", "none is owed for long")
    else:
        hours = (now - oldest / 1000) / 3600
        yield wrong(
            "owed effects",
            f"the oldest event that still owes something was committed {hours:.0f} hours ago",
            f"./billhook handover --stack {where.name} --dry-run",
        )


def of_schedules(where: Where, outputs: Mapping[str, str]) -> Iterator[Finding]:
    """Whether reminders and erasures can be scheduled; raises botocore's errors."""
    name = outputs["ScheduleGroupName"]
    state = where.client("scheduler").get_schedule_group(Name=name)["State"]
    if state == "ACTIVE":
        yield ok("schedules", f"the group {name} is active")
    else:
        yield wrong("schedules", f"the group {name} is {state}", "deploy the stack again: ./billhook deploy")
