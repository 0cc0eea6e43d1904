"""The line of a stack: an operator's own messages join the FIFO queue of events, signed like those of the functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cli.where import Where
from shared.messages.mac import signed_body
from shared.runtime.message_keys import KeySecret, MessageKeys
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient


@dataclass(frozen=True)
class Line:
    """The queue of events, how it groups, and the keys that sign its messages."""

    sqs: "SQSClient"
    url: str
    by_customer: bool
    keys: MessageKeys

    def send(self, event: Mapping[str, Any], now: float) -> None:
        """Put an own event about a customer into the queue at epoch seconds `now`.

        Raises:
            Misconfigured: no key is stored that signs the message.
            botocore.exceptions.ClientError, BotoCoreError: AWS refused, or did not answer.
        """
        account = event["account"] or PLATFORM
        self.sqs.send_message(
            QueueUrl=self.url,
            MessageBody=signed_body(self.keys.signing(now), event),
            MessageGroupId=f"{account}#{event['data']['object']['customer']}" if self.by_customer else account,
            MessageDeduplicationId=event["id"],
        )


def line_of(where: Where) -> Line:
    """The line of a stack; raises botocore's errors if AWS refuses to show it."""
    outputs, parameters = where.described()
    keys = MessageKeys(KeySecret(where.client("secretsmanager"), outputs["MessageKeyId"]).fetch)
    by_customer = parameters.get("GroupBy") == "customer"
    return Line(where.client("sqs"), where.queue("events.fifo"), by_customer, keys)
