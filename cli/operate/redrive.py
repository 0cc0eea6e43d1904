"""`billhook redrive`: move the dead letters of a queue back, after a plan of what this code would make of them."""

import time
from collections.abc import Iterator
from typing import Any, Literal

from cli.operate.confirmed import confirmed
from cli.operate.replay import planned
from cli.see.dead import EXAMPLES, Cause, causes_in
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen, counted
from cli.where import HERE, Where
from cli.why.deployed import ReadBooks, books_of, settings_of

LOOK_SECONDS = 1.0
"""Seconds between two looks at the progress."""


def redrive(
    queue: Literal["dlq.fifo", "effects-dlq", "mails-dlq"],
    /,
    *,
    pace: int | None = None,
    yes: bool = False,
    where: Where = HERE,
) -> int:
    """Move the dead letters of a queue back.

    First the plan: the causes, and for events what the code of this checkout would make of some of each. Then the
    command asks, starts SQS's own redrive, and shows the progress. Ctrl-C cancels it; moved messages stay moved.
    No effect is performed twice, and a mail goes only within 72 hours of its event.

    Args:
        queue: dlq.fifo for events, effects-dlq, or mails-dlq.
        pace: how many messages SQS moves a second at most; as many as it likes by default.
        yes: do not ask.
        where: the stack.
    """
    screen, sqs = Screen(), where.client("sqs")
    url = where.queue(queue)
    names = ["ApproximateNumberOfMessages", "QueueArn"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    lying = int(found["ApproximateNumberOfMessages"])
    screen.say(f"{queue} of {where.name}: {counted(lying, 'message')} (approximate)")
    tables = tables_of(where)
    causes = [one for one in causes_in(tables.unfinished()) if one.queue == queue]
    books = books_of(where, settings_of(where))[0] if causes and queue == "dlq.fifo" else None
    for one in causes:
        screen.say(f"  {len(one.events)} x ", (one.error, "red"))
        for line in _outlook(books, tables, one) if books else ():
            screen.say(f"    {line}")
    if not lying:
        screen.say("nothing to redrive")
        return 1
    if not confirmed(f"Move {counted(lying, 'message')} back?", yes=yes):
        screen.say("nothing was changed")
        return 0
    asked: dict[str, Any] = {"SourceArn": found["QueueArn"]}
    if pace:
        asked["MaxNumberOfMessagesPerSecond"] = pace
    handle = sqs.start_message_move_task(**asked)["TaskHandle"]
    return _watch(screen, sqs, found["QueueArn"], handle)


def _outlook(books: ReadBooks, tables: Tables, cause: Cause) -> Iterator[str]:
    """What this code would make of the first events of a cause."""
    for event_id in sorted(cause.events, key=cause.events.__getitem__)[:EXAMPLES]:
        plan = planned(tables, books, event_id, None)
        told = plan.left_out or f"would be decided: {counted(len(plan.facts), 'fact')} change, " + counted(
            len(plan.effects), "effect"
        )
        yield f"{event_id}  {told}"


def _watch(screen: Screen, sqs: Any, arn: str, handle: str) -> int:  # noqa: ANN401 - boto3's SQS client
    """Show the progress of a redrive until it ends; returns the exit code."""
    try:
        while True:
            task = sqs.list_message_move_tasks(SourceArn=arn, MaxResults=1)["Results"][0]
            moved = task.get("ApproximateNumberOfMessagesMoved", 0)
            screen.say(f"{task['Status'].lower()}: {counted(moved, 'message')} moved")
            if task["Status"] not in {"RUNNING", "CANCELLING"}:
                break
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        sqs.cancel_message_move_task(TaskHandle=handle)
        screen.say("cancelled; moved messages stay moved")
        return 1
    if task["Status"] == "COMPLETED":
        screen.say("done; ./billhook dead tells of those that fail again")
        return 0
    screen.say(f"not done: {task.get('FailureReason', task['Status'])}; the runbook's Redrive says what that means")
    return 1
