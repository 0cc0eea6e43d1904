"""Messages in the three queues, as Lambda is given them; and how long SQS keeps one away that nobody answers for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.prove.moto_cloud import ENVIRON, Queue

VISIBILITY: Mapping[Queue, int] = {"events": 180, "effects": 360, "mails": 360}
"""After how many seconds SQS hands out again what a stopped process had, as template.yaml has it."""
ARNS: Mapping[Queue, str] = {
    "events": ENVIRON["QUEUE_ARN"],
    "effects": ENVIRON["EFFECTS_QUEUE_ARN"],
    "mails": ENVIRON["MAILS_QUEUE_ARN"],
}


@dataclass
class Message:
    """A message, from when it is sent until it is acknowledged; times are in epoch seconds."""

    queue: Queue
    body: str
    message_id: str
    sent: float
    visible: float
    """When SQS hands it out next."""
    first_received: float | None = None
    receives: int = 0

    def received(self, now: float) -> dict[str, Any]:
        """The record that Lambda is given, once more (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""
        self.receives += 1
        self.first_received = self.first_received or now
        return {
            "messageId": self.message_id,
            "receiptHandle": f"receipt {self.receives} of {self.message_id}",
            "body": self.body,
            "attributes": {
                "ApproximateReceiveCount": str(self.receives),
                "SentTimestamp": str(round(self.sent * 1000)),
                "ApproximateFirstReceiveTimestamp": str(round(self.first_received * 1000)),
                "MessageGroupId": "acct_1",
            },
            "messageAttributes": {"endpoint": {"stringValue": "connect", "dataType": "String"}},
            "eventSourceARN": ARNS[self.queue],
        }
