"""Move chosen dead letters back to the queue they came from, one by one: SQS's own redrive takes a queue as a whole.

    receive ─> is it chosen? ─> send to the source queue ─> delete from the dead-letter queue
                     └─> no: put it back

A crash between the send and the delete leaves a second copy, which is harmless: an event is decided once, and a lane is
leased before an effect. Nothing is ever sent to a dead-letter queue, because SQS cannot redrive a message sent there.

SQS hands out at most the first ten messages of a group, and no more of it until these are deleted or visible again. So
ten messages that are not chosen hide the rest of their group: the move leaves the group, and its matches are not sent.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from cli.see.dead import read

INVISIBLE = 120
"""Seconds in which a message must be moved; after a crash it is visible again by then."""
WAIT = 1
"""Seconds that a receive waits for messages: a receive without waiting may miss some."""
BATCH = 10
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html"""
KEPT = ("DataType", "StringValue", "BinaryValue")

type Message = dict[str, Any]


@dataclass
class Move:
    """One move: from the queue at `dead` back to the queue at `source`, of the events in `wanted`.

    Args:
        sqs: boto3's client.
        dead: the URL of the dead-letter queue.
        source: the URL of the queue that it serves.
        wanted: the ids of the events to move.
        go_on: asked before each send, with the ids sent so far; the move ends at the first no.
        pace: messages a second at most; None for no limit.
        sent: the ids of the events that were moved, in order.
    """

    sqs: Any
    dead: str
    source: str
    wanted: frozenset[str]
    go_on: Callable[[list[str]], bool]
    pace: int | None = None
    sent: list[str] = field(default_factory=list)
    _held: dict[str, Message] = field(default_factory=dict)
    _looked: set[str] = field(default_factory=set)
    _stale: int = 0

    def run(self) -> None:
        """Move every match within reach, and put back everything else.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: SQS refused, or did not answer. Sent messages stay sent.
        """
        try:
            while self._more() and self.go_on(self.sent) and self._turn():
                pass
        finally:
            self._release(self._held.values())

    def _more(self) -> bool:
        return bool(self.wanted.difference(self.sent))

    def _turn(self) -> bool:
        """Receive once, and move the matches of the first group; False once nothing new comes."""
        own, others = self._first_group(self._receive())
        if not own:
            return False
        # SQS fills a receive from one group first, so only the first group is known to be whole.
        self._release(others)
        rest, moved = list(own), 0
        try:
            for message in own:
                if read(message["Body"])[0] in self.wanted:
                    if not self.go_on(self.sent):
                        return False
                    self._move(message)
                    rest.remove(message)
                    moved += 1
        finally:
            if moved:
                self._release(rest)  # the next receive then sees further into the group
            else:
                self._held |= {message["MessageId"]: message for message in rest}
        ids = {message["MessageId"] for message in own}
        self._stale = 0 if moved or ids - self._looked else self._stale + 1
        self._looked |= ids
        return self._stale <= len(self._held)  # what is held too long comes again, once for each group at most

    def _first_group(self, messages: list[Message]) -> tuple[list[Message], list[Message]]:
        """The messages of the first message's group, and the others; a standard queue has no others."""
        if not self.dead.endswith(".fifo"):
            return messages, []
        groups = [message["Attributes"]["MessageGroupId"] for message in messages]
        own = [message for message, group in zip(messages, groups, strict=True) if group == groups[0]]
        return own, [message for message in messages if message not in own]

    def _receive(self) -> list[Message]:
        found: list[Message] = self.sqs.receive_message(
            QueueUrl=self.dead,
            MaxNumberOfMessages=BATCH,
            WaitTimeSeconds=WAIT,
            VisibilityTimeout=INVISIBLE,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        return found

    def _move(self, message: Message) -> None:
        """Send a message as it is, and then delete it."""
        began = time.monotonic()
        self.sqs.send_message(QueueUrl=self.source, **copy_of(message, fifo=self.source.endswith(".fifo")))
        self.sqs.delete_message(QueueUrl=self.dead, ReceiptHandle=message["ReceiptHandle"])
        self.sent.append(read(message["Body"])[0])
        if self.pace:
            time.sleep(max(0.0, 1 / self.pace - (time.monotonic() - began)))

    def _release(self, messages: Iterable[Message]) -> None:
        for message in messages:
            with suppress(ClientError):  # it is visible again already
                self.sqs.change_message_visibility(
                    QueueUrl=self.dead, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )


def copy_of(message: Message, *, fifo: bool) -> dict[str, Any]:
    """The arguments of SendMessage that send a received message again, byte for byte.

    The deduplication id is new. Under the old one SQS would drop the message if the original was sent less than five
    minutes ago, and the delete would then lose it. It names the dead letter, so a repeated move sends no second copy.
    """
    attributes = message.get("Attributes", {})
    copy: dict[str, Any] = {"MessageBody": message["Body"]}
    given = message.get("MessageAttributes", {})
    if given:
        copy["MessageAttributes"] = {
            name: {part: value[part] for part in KEPT if part in value} for name, value in given.items()
        }
    if "MessageGroupId" in attributes:
        copy["MessageGroupId"] = attributes["MessageGroupId"]
    if fifo:
        copy["MessageDeduplicationId"] = f"redrive-{message['MessageId']}"
    if trace := attributes.get("AWSTraceHeader"):
        copy["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace}}
    return copy
