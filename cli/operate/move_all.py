"""Have SQS move a dead-letter queue back as a whole, and show the progress until it ends."""

import time
from collections.abc import Sequence
from typing import Any

from cli.operate.again import LOOK_SECONDS, SECONDS
from cli.operate.audit import Outcome
from cli.operate.stop import Stop
from cli.see.screen import counted
from cli.where import Where


def move_all(  # noqa: PLR0913, PLR0917 - a queue, and where its progress shows
    where: Where, queue: str, pace: int | None, stop: Stop, outcome: Outcome, event_ids: Sequence[str]
) -> int | None:
    """Start SQS's own redrive, and watch it; returns the exit code if it did not complete, and None if it did.

    Raises:
        KeyboardInterrupt: Ctrl-C; the move is cancelled.
        botocore.exceptions.ClientError, BotoCoreError: SQS or DynamoDB refused. Moved messages stay moved.
    """
    sqs, screen, name = where.client("sqs"), stop.screen, "QueueArn"
    arn = sqs.get_queue_attributes(QueueUrl=where.queue(queue), AttributeNames=[name])["Attributes"][name]
    asked: dict[str, Any] = {"SourceArn": arn} | ({"MaxNumberOfMessagesPerSecond": pace} if pace else {})
    handle = sqs.start_message_move_task(**asked)["TaskHandle"]
    try:
        while True:
            task = sqs.list_message_move_tasks(SourceArn=arn, MaxResults=1)["Results"][0]
            outcome["moved"] = moved = task.get("ApproximateNumberOfMessagesMoved", 0)
            screen.say(f"{task['Status'].lower()}: {counted(moved, 'message')} moved")
            if stop.watch:
                stop.look(stop.watch.look(event_ids))
            if task["Status"] not in {"RUNNING", "CANCELLING"}:
                break
            if stop.why:
                sqs.cancel_message_move_task(TaskHandle=handle)
                return None
            time.sleep(LOOK_SECONDS)
        if stop.watch and not stop.why and task["Status"] == "COMPLETED":
            stop.look(stop.watch.until_settled(event_ids, SECONDS, lambda: True))
    except KeyboardInterrupt:
        sqs.cancel_message_move_task(TaskHandle=handle)
        screen.say("\ncancelled; moved messages stay moved")
        raise
    if task["Status"] == "COMPLETED":
        return None
    outcome.state = "failed"
    screen.say(f"not done: {task.get('FailureReason', task['Status'])}; the runbook's Redrive says what that means")
    return 1
