"""The record of one SQS message, as Lambda hands it to the worker."""

import json
from collections.abc import Mapping
from typing import Any

from shared.inbox.lanes import Lane
from tests.consumer.examples import NOW

ARNS: Mapping[Lane, str] = {
    lane: f"arn:aws:sqs:eu-central-1:123456789012:billhook-{lane}" for lane in ("effects", "mails")
}
URLS: Mapping[Lane, str] = {lane: f"https://queue.example/{lane}" for lane in ("effects", "mails")}


def record(
    lane: Lane = "effects",
    event_id: str = "evt_1",
    *,
    body: str | None = None,
    sent: float = NOW,
    first_received: float = NOW,
) -> dict[str, Any]:
    """A message about an event, or with another `body`; times are in epoch seconds."""
    message_id = f"{lane} of {event_id}"
    return {
        "messageId": message_id,
        "receiptHandle": f"receipt of {message_id}",
        "body": json.dumps({"event": event_id}) if body is None else body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(int(sent * 1000)),
            "ApproximateFirstReceiveTimestamp": str(int(first_received * 1000)),
            "MessageGroupId": "acct_1",
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": ARNS[lane],
    }
