"""Hand-over: one message tells the effects worker that a committed event owes something.

The queue of events waits for one SendMessage only. If both lanes owe effects, the consumer hands the event to the
effects lane, and that worker first hands the mails on. A second hand-over names every lane that owes: a needless
message does no harm, since the worker claims before it acts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_sqs.client import SQSClient

    from shared.inbox.lanes import Lane


@dataclass(frozen=True)
class Handover:
    """Sends to the queues of the lanes; `urls` holds a queue's URL for each lane."""

    sqs: SQSClient
    urls: Mapping[Lane, str]

    def send(self, event_id: str, account: str, lanes: Iterable[Lane]) -> None:
        """Tell the worker about `event_id`, once for each of `lanes`.

        The account is the message group. On a standard queue that orders nothing: SQS serves other accounts first when
        one has a backlog ("fair queues",
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html).

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: SQS refused; the lanes before have their messages.
        """
        for lane in lanes:
            self.sqs.send_message(
                QueueUrl=self.urls[lane], MessageBody=json.dumps({"event": event_id}), MessageGroupId=account
            )
