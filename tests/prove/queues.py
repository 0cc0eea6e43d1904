"""Messages of the three queues as Lambda gets them, and how long SQS hides an unanswered one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.consumer.examples import signed_record_attributes
from tests.prove.moto_cloud import Queue
from tests.prove.moto_settings import ENVIRON

VISIBILITY: Mapping[Queue, int] = {"events": 180, "effects": 360, "mails": 360}
"""VisibilityTimeout in template.yaml: the seconds after which SQS hands out a stopped process's message again."""
ARNS: Mapping[Queue, str] = {
    "events": ENVIRON["QUEUE_ARN"],
    "effects": ENVIRON["EFFECTS_QUEUE_ARN"],
    "mails": ENVIRON["MAILS_QUEUE_ARN"],
}


@dataclass
class Message:
    """A message from its sending to its acknowledgement; times are in epoch seconds."""

    queue: Queue
    body: str
    message_id: str
    sent: float
    visible: float
    """When SQS hands it out next."""
    first_received: float | None = None
    receives: int = 0

    def received(self, now: float) -> dict[str, Any]:
        """Receive the message: the record that Lambda gets (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""
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
            "messageAttributes": signed_record_attributes(self.body, endpoint="connect"),
            "eventSourceARN": ARNS[self.queue],
        }
