"""A message as the effects worker receives it, from the queue of one lane: it names an event, or asks for a refresh."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.inbox.lanes import Lane
from shared.messages.session_refresh import SessionRefresh, refresh_in


@dataclass(frozen=True)
class LaneMessage:
    """A message of a lane's queue; times are in epoch milliseconds.

    `event_id` is empty if the body names no event. `refresh` names a Checkout session, if the body asks for it.
    """

    event_id: str
    lane: Lane
    message_id: str
    receipt_handle: str
    sent_ms: int
    first_received_ms: int
    refresh: SessionRefresh | None = None


def read_lane_message(record: Mapping[str, Any], lanes: Mapping[str, Lane]) -> LaneMessage:
    """The message in one record of an SQS event; `lanes` names the lane of each queue's ARN.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    """
    attributes = record["attributes"]
    return LaneMessage(
        event_id=_event_in(record["body"]),
        lane=lanes[record["eventSourceARN"]],
        message_id=record["messageId"],
        receipt_handle=record["receiptHandle"],
        sent_ms=int(attributes["SentTimestamp"]),
        first_received_ms=int(attributes["ApproximateFirstReceiveTimestamp"]),
        refresh=refresh_in(record["body"]),
    )


def _event_in(body: str) -> str:
    try:
        event_id = json.loads(body)["event"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return event_id if isinstance(event_id, str) else ""
