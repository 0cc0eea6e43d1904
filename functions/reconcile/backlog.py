"""Whether the queue of events may still hold what the inbox does not have yet."""

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
    """The queue during one run, which looks at events of an hour ago and older.

    Once the queue has been empty, all of those are in the inbox or lost. What comes into the queue later is newer, or
    the run itself has offered it.
    """

    sqs: "SQSClient"
    queue_url: str
    _been_empty: bool = field(default=False, init=False)

    def may_hold_events(self) -> bool:
        """Whether the queue has held something at every look of this run.

        SQS counts approximately: a count lags by about a minute, and the events are older than that.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: SQS refuses, or does not answer.
        """
        if not self._been_empty:
            asked = self.sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=COUNTS)
            self._been_empty = not any(int(asked["Attributes"][name]) for name in COUNTS)
        return not self._been_empty
