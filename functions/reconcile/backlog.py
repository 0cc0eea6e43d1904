"""Backlog: how many messages a queue holds, and whether the queue of events may hold some that the inbox lacks."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

COUNTS: "tuple[QueueAttributeNameType, ...]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass
class Backlog:
    """The queue during one run, which looks at events that are at least an hour old.

    Once the queue has been empty, each of those events is in the inbox or lost. Events that enter the queue later are
    newer, or the run itself has offered them.
    """

    sqs: "SQSClient"
    queue_url: str
    _been_empty: bool = field(default=False, init=False)

    def may_hold_events(self) -> bool:
        """Whether the queue has had messages each time that this run has asked.

        SQS's counts are approximate and lag by about a minute. The events are older than that.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: SQS refuses, or does not answer.
        """
        if not self._been_empty:
            self._been_empty = not messages_in(self.sqs, self.queue_url)
        return not self._been_empty


def messages_in(sqs: "SQSClient", queue_url: str) -> int:
    """How many messages a queue holds, those in flight and those put off included.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: SQS refuses, or does not answer.
    """
    return sum(_counts(sqs, queue_url).values())


def messages_at_work(sqs: "SQSClient", queue_url: str) -> int:
    """How many messages a queue holds if a worker takes them; 0 if none is in flight. It raises as `messages_in` does.

    A message that a worker puts off stays in flight.
    """
    counts = _counts(sqs, queue_url)
    return sum(counts.values()) if counts["ApproximateNumberOfMessagesNotVisible"] else 0


def _counts(sqs: "SQSClient", queue_url: str) -> "dict[QueueAttributeNameType, int]":
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=COUNTS)["Attributes"]
    return {name: int(attributes[name]) for name in COUNTS}
