"""One SQS message as the effects worker sees it: which event, and which lane of its outbox."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.inbox.lanes import Lane


@dataclass(frozen=True)
class Message:
    """`event_id` is empty if the body names no event; times are in epoch milliseconds."""

    event_id: str
    lane: Lane
    message_id: str
    receipt_handle: str
    sent_ms: int
    first_received_ms: int


def read_message(record: Mapping[str, Any], lanes: Mapping[str, Lane]) -> Message:
    """The message in one record of an SQS event; `lanes` names the lane of each queue's ARN.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    """
    attributes = record["attributes"]
    return Message(
        event_id=_event_in(record["body"]),
        lane=lanes[record["eventSourceARN"]],
        message_id=record["messageId"],
        receipt_handle=record["receiptHandle"],
        sent_ms=int(attributes["SentTimestamp"]),
        first_received_ms=int(attributes["ApproximateFirstReceiveTimestamp"]),
    )


def _event_in(body: str) -> str:
    try:
        event_id = json.loads(body)["event"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return event_id if isinstance(event_id, str) else ""
