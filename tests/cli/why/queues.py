"""SQS's FIFO queues as AWS documents them, in memory: moto hands out a group's messages while others are in flight.

A receive takes up to ten messages, from one group first. A group with a message in flight shows nothing more. A
deduplication id is remembered for five minutes, and a send under a known one is accepted and dropped.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

DLQ, SOURCE = "https://sqs/billhook-dlq.fifo", "https://sqs/billhook-events.fifo"
REMEMBERED = 300


class KilledError(BaseException):
    """The process is dead: nothing catches this, and no later call reaches AWS."""


@dataclass
class Held:
    """A message in a queue; `visible_at` is the second in which it is visible again."""

    id: str
    body: str
    group: str
    attributes: dict[str, Any]
    deduplication_id: str
    visible_at: float = 0
    receipt: str = ""


@dataclass
class Queues:
    """The queues by URL, and each call by its name; `kill_after` ends the process after so many calls."""

    now: float = 0
    lying: dict[str, list[Held]] = field(default_factory=lambda: {DLQ: [], SOURCE: []})
    calls: list[str] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    kill_after: int | None = None
    _known: dict[tuple[str, str], float] = field(default_factory=dict)
    _numbers: int = 0

    def dies(self, event_id: str, group: str, body: str = "", **attributes: str) -> None:
        """SQS dead-letters the message of an event."""
        self._numbers += 1
        given = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        body = body or f'{{"id": "{event_id}", "type": "invoice.paid"}}'
        self.lying[DLQ].append(Held(f"m{self._numbers}", body, group, given, event_id))

    def get_queue_url(self, QueueName: str) -> dict[str, str]:  # noqa: N803 - boto3's
        return {"QueueUrl": f"https://sqs/{QueueName}"}

    def get_queue_attributes(self, QueueUrl: str, **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(self.lying[QueueUrl])), "QueueArn": QueueUrl}}

    def revive(self, after: float = 0) -> None:
        """The operator types the command again, some seconds later."""
        self.kill_after, self.now = None, self.now + after

    def _called(self, name: str) -> None:
        if self.kill_after is not None and len(self.calls) > self.kill_after:
            raise KilledError
        self.calls.append(name)

    def _done(self) -> None:
        if self.kill_after is not None and len(self.calls) > self.kill_after:
            raise KilledError

    def receive_message(self, *, QueueUrl: str, VisibilityTimeout: int, **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's
        self._called("receive")
        queue = self.lying[QueueUrl]
        busy = {one.group for one in queue if one.visible_at > self.now}
        found: list[Held] = []
        for group in dict.fromkeys(one.group for one in queue if one.group not in busy):
            found += [one for one in queue if one.group == group]
        for one in found[:10]:
            self._numbers += 1
            one.visible_at, one.receipt = self.now + VisibilityTimeout, f"r{self._numbers}"
        answer = [
            {
                "MessageId": one.id,
                "Body": one.body,
                "ReceiptHandle": one.receipt,
                "Attributes": {"MessageGroupId": one.group, "MessageDeduplicationId": one.deduplication_id},
                "MessageAttributes": dict(one.attributes),
            }
            for one in found[:10]
        ]
        self._done()
        return {"Messages": answer} if answer else {}

    def send_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803 - boto3's, as below
        MessageBody: str,  # noqa: N803
        MessageGroupId: str,  # noqa: N803
        MessageDeduplicationId: str,  # noqa: N803
        MessageAttributes: dict[str, Any] | None = None,  # noqa: N803
    ) -> None:
        self._called("send")
        assert QueueUrl != DLQ, "SQS cannot redrive a message that was sent to a dead-letter queue"
        known = (QueueUrl, MessageDeduplicationId)
        if self._known.get(known, -REMEMBERED) > self.now - REMEMBERED:
            self.dropped[MessageDeduplicationId] += 1
        else:
            self._numbers += 1
            self._known[known] = self.now
            held = Held(
                f"m{self._numbers}", MessageBody, MessageGroupId, MessageAttributes or {}, MessageDeduplicationId
            )
            self.lying[QueueUrl].append(held)
        self._done()

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803 - boto3's
        self._called("delete")
        self.lying[QueueUrl] = [one for one in self.lying[QueueUrl] if one.receipt != ReceiptHandle]
        self._done()

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:  # noqa: N803 - boto3's
        self._called("release")
        for one in self.lying[QueueUrl]:
            if one.receipt == ReceiptHandle:
                one.visible_at = self.now + VisibilityTimeout
        self._done()
