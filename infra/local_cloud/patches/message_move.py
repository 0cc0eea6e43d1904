"""ministack 1.5.33 cannot redrive a dead-letter queue: this patch adds StartMessageMoveTask and ListMessageMoveTasks.

Like AWS, it moves back only messages that SQS dead-lettered. A message that was sent to the dead-letter queue directly
has no source, so the task stops at it and fails. A moved message starts afresh, under a new message id. The caller
sends it, so the destination's policy may refuse it. Unlike on AWS, a task is over before its request is answered, and
there is no rate limit.
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

import json
import time
import uuid
from typing import Any

from ministack.services import sqs

_SOURCE = "DeadLetterQueueSourceArn"

_tasks: dict[str, list[dict[str, Any]]] = {}


def _is_dead_letter_queue(arn: str) -> bool:
    policies = (queue["attributes"].get("RedrivePolicy") or "{}" for queue in sqs._queues.values())
    return any(json.loads(policy).get("deadLetterTargetArn") == arn for policy in policies)


def _afresh(message: dict[str, Any], destination: dict[str, Any]) -> dict[str, Any]:
    now = time.time()
    system = {name: value for name, value in message["sys"].items() if name != _SOURCE}
    moved = message | {
        "id": str(uuid.uuid4()),
        "receipt_handle": None,
        "visible_at": now,
        "sent_at": now,
        "enqueued_at": now,
        "receive_count": 0,
        "first_receive_at": None,
        "sys": system | {"SentTimestamp": str(int(now * 1000))},
    }
    if destination["is_fifo"]:
        destination["fifo_seq"] += 1
        moved["seq"] = str(destination["fifo_seq"]).zfill(20)
    return moved


def _move(source: dict[str, Any], destination_arn: str | None) -> tuple[int, str | None]:
    """Move the visible messages in order; returns how many, and the failure code if it stopped early."""
    moved = 0
    for message in list(source["messages"]):
        if message["visible_at"] > time.time():
            continue
        arn = destination_arn or message["sys"].get(_SOURCE)
        if arn is None:
            return moved, "CouldNotDetermineMessageSource"
        destination = sqs._queue_by_arn(arn)
        if destination is None:
            return moved, "AWS.SimpleQueueService.NonExistentQueue"
        sqs._enforce_queue_policy(destination, "sqs:SendMessage")
        source["messages"].remove(message)
        destination["messages"].append(_afresh(message, destination))
        moved += 1
    return moved, None


def _start(request: dict[str, Any], _url: str) -> dict[str, str]:
    arn = request["SourceArn"]
    source = sqs._queue_by_arn(arn)
    if source is None:
        raise sqs._Err(
            "ResourceNotFoundException",
            "The resource that you specified for the SourceArn parameter doesn't exist.",
            404,
        )
    if not _is_dead_letter_queue(arn):
        raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    waiting = len(source["messages"])
    moved, failure = _move(source, request.get("DestinationArn"))
    sqs.esm_wake.set()
    task = {
        "SourceArn": arn,
        "Status": "FAILED" if failure else "COMPLETED",
        "ApproximateNumberOfMessagesMoved": moved,
        "ApproximateNumberOfMessagesToMove": waiting,
        "StartedTimestamp": int(time.time() * 1000),
    }
    if failure:
        task["FailureReason"] = failure
    if "DestinationArn" in request:
        task["DestinationArn"] = request["DestinationArn"]
    _tasks.setdefault(arn, []).insert(0, task)
    return {"TaskHandle": str(uuid.uuid4())}


def _list(request: dict[str, Any], _url: str) -> dict[str, list[dict[str, Any]]]:
    return {"Results": _tasks.get(request["SourceArn"], [])[: int(request.get("MaxResults", 1))]}


def apply() -> None:
    """Add the two actions to SQS."""
    sqs._HANDLERS |= {"StartMessageMoveTask": _start, "ListMessageMoveTasks": _list}
