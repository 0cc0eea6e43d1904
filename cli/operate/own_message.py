"""Sends a message of Billhook's own through the queue of events, signed: the consumer decides on it in its turn."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.where import Where
from cli.why.deployed import ReadBooks
from functions.consumer.decide.decide import decide
from functions.effects.perform.scheduler import reminder_message
from shared.decisions.decision import Decision
from shared.effects.remind import Remind
from shared.messages.mac import signed_body
from shared.runtime.message_keys import KeySecret, MessageKeys
from shared.stripe_objects.event import read_event

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient


def decided_on(books: ReadBooks, asked: Remind) -> Decision:
    """What the consumer would decide on a message today; raises botocore's errors if DynamoDB refuses."""
    return decide(read_event(json.dumps(reminder_message(asked, livemode=None))), books)


@dataclass(frozen=True)
class Sender:
    """The queue of events, and the keys that sign."""

    sqs: "SQSClient"
    url: str
    keys: MessageKeys
    by_customer: bool

    def send(self, remind: Remind) -> None:
        """Send a message that is due now.

        Raises:
            Misconfigured: no key is stored that signs the message.
            botocore.exceptions.ClientError, BotoCoreError: SQS or Secrets Manager refused, or did not answer.
        """
        self.sqs.send_message(
            QueueUrl=self.url,
            MessageBody=signed_body(self.keys.signing(remind.at), reminder_message(remind, livemode=None)),
            MessageGroupId=f"{remind.account}#{remind.customer}" if self.by_customer else remind.account,
            MessageDeduplicationId=remind.name,
        )


def sender_of(where: Where) -> Sender:
    """The sender of a stack; raises botocore's errors if AWS refuses."""
    outputs, parameters = where.described()
    keys = MessageKeys(KeySecret(where.client("secretsmanager"), outputs["MessageKeyId"]).fetch)
    by_customer = parameters.get("GroupBy") == "customer"
    return Sender(where.client("sqs"), where.queue("events.fifo"), keys, by_customer)
