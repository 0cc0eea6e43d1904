"""Sends a message of Billhook's own through the queue of events, signed: the consumer decides on it in its turn."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cli.where import Where
from cli.why.deployed import ReadBooks
from functions.consumer.decide.decide import decide
from functions.effects.perform.scheduler import reminder_message
from shared.decisions.decision import Decision
from shared.effects.remind import Remind
from shared.messages.mac import signed_body
from shared.runtime.message_keys import KeySecret, MessageKeys
from shared.stripe_objects.event import read_event
from shared.values.platform import PLATFORM

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
        """Send a message that is due now; raises as `send_event`."""
        self.send_event(reminder_message(remind, livemode=None))

    def send_event(self, event: Mapping[str, Any]) -> None:
        """Send an event of an own type that was created now and is about a customer.

        Raises:
            Misconfigured: no key is stored that signs the message.
            botocore.exceptions.ClientError, BotoCoreError: SQS or Secrets Manager refused, or did not answer.
        """
        account, customer = event["account"] or PLATFORM, event["data"]["object"]["customer"]
        self.sqs.send_message(
            QueueUrl=self.url,
            MessageBody=signed_body(self.keys.signing(event["created"]), event),
            MessageGroupId=f"{account}#{customer}" if self.by_customer else account,
            MessageDeduplicationId=event["id"],
        )


def sender_of(where: Where) -> Sender:
    """The sender of a stack; raises botocore's errors if AWS refuses."""
    outputs, parameters = where.described()
    keys = MessageKeys(KeySecret(where.client("secretsmanager"), outputs["MessageKeyId"]).fetch)
    by_customer = parameters.get("GroupBy") == "customer"
    return Sender(where.client("sqs"), where.queue("events.fifo"), keys, by_customer)
