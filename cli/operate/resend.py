"""`billhook resend`: send the messages that Scheduler could not deliver to the queue of events again.

Scheduler sends undelivered messages to a standard queue. SQS cannot redrive them, because SQS did not dead-letter them.
The command sends each message with its event id as deduplication id, and then deletes it from the standard queue. A
message that is not Billhook's stays in that queue, and the command names it. The command does not sign: each message
carries the MAC that the effects worker put into its body, and the consumer refuses a message without one.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import RefusedError, in_words
from cli.operate.audit import Change, audited
from cli.where import HERE, Where
from shared.messages.internal_types import is_internal
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

WAIT = 1
"""Seconds that a receive waits for messages: a receive without waiting may miss some."""
INVISIBLE = 120
"""Seconds in which a message must be sent and deleted; otherwise it becomes visible again."""


class StrangeError(Exception):
    """A message is not from a schedule of Billhook; the text says what is wrong with it."""


@dataclass(frozen=True)
class Reminder:
    """A schedule's message: the event as JSON, its id and type, and its message group."""

    body: str
    event_id: str
    type: str
    group: str


def resend_messages(*, dry_run: bool = False, where: Where = HERE) -> int:
    """Send again what Scheduler could not deliver.

    A reminder, farewell or erasure came due, and Scheduler put its message into the queue scheduler-dlq. This command
    sends each message to the queue of events under its own id, and deletes it there.

    Args:
        dry_run: only say what would be sent.
        where: the stack.
    """
    try:
        by_customer = where.described()[1].get("GroupBy") == "customer"
        with audited(where, Change("resend", {}), dry_run=dry_run) as counts:
            stayed = resend(where.client("sqs"), where.name, counts, by_customer=by_customer, dry_run=dry_run)
    except (RefusedError, ClientError, BotoCoreError) as error:
        raise RefusedError(f"stopped; what was not deleted is still there: {in_words(error)}") from None
    return 1 if stayed else 0


def resend(
    sqs: "SQSClient", stack: str, counts: Counter[str] | None = None, *, by_customer: bool, dry_run: bool
) -> int:
    """Send the messages that Scheduler could not deliver, print a line for each, and return how many stay.

    `counts` counts the messages that were sent and those that stay.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: SQS failed. A message is deleted only after it was sent.
    """
    source = sqs.get_queue_url(QueueName=f"{stack}-scheduler-dlq")["QueueUrl"]
    target = sqs.get_queue_url(QueueName=f"{stack}-events.fifo")["QueueUrl"]
    told = Counter[str]() if counts is None else counts
    for message in _messages(sqs, source, invisible=1 if dry_run else INVISIBLE):
        try:
            reminder = read(message, by_customer=by_customer)
        except StrangeError as error:
            told["stay"] += 1
            print(f"stays   {message['MessageId']}  {error}")
            continue
        if not dry_run:
            sqs.send_message(
                QueueUrl=target,
                MessageBody=reminder.body,
                MessageGroupId=reminder.group,
                MessageDeduplicationId=reminder.event_id,
            )
            sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
        told["sent"] += 1
        print(f"{'would go' if dry_run else 'sent   '} {reminder.type}  {reminder.event_id}  ({_why(message)})")
    print(f"{told['sent']} {'to send' if dry_run else 'sent'}, {told['stay']} stay")
    return told["stay"]


def read(message: "MessageTypeDef", *, by_customer: bool) -> Reminder:
    """The schedule's message in a message of Scheduler's dead-letter queue.

    The body is the message itself or the arguments of the SendMessage that failed. The error is in the attributes:
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html.

    Raises:
        StrangeError: the body is neither, or Scheduler truncated it.
    """
    if _attribute(message, "IS_PAYLOAD_TRUNCATED") == "true":
        raise StrangeError("Scheduler had to truncate it")
    body = message["Body"]
    outer = _object(body)
    if "MessageBody" in outer:
        body = str(outer["MessageBody"])
    event = _object(body)
    match event:
        case {"id": str(event_id), "type": str(type_), "data": {"object": {"customer": str(customer)}}} if is_internal(
            type_
        ):
            account = event.get("account") or PLATFORM
            group = f"{account}#{customer}" if by_customer else account
            return Reminder(body, event_id, type_, str(outer.get("MessageGroupId") or group))
    raise StrangeError("it is no message of a schedule of Billhook")


def _messages(sqs: "SQSClient", url: str, invisible: int) -> "Iterator[MessageTypeDef]":
    """Each message once, until a receive brings no new one."""
    seen: set[str] = set()
    while True:
        found = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=WAIT,
            VisibilityTimeout=invisible,
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        new = [message for message in found if message["MessageId"] not in seen]
        if not new:
            return
        seen |= {message["MessageId"] for message in new}
        yield from new


def _object(text: str) -> Mapping[str, Any]:
    try:
        parsed = json.loads(text)
    except ValueError as error:
        raise StrangeError("its body is no JSON") from error
    if not isinstance(parsed, dict):
        raise StrangeError("its body is no JSON object")
    return parsed


def _attribute(message: "MessageTypeDef", name: str) -> str:
    found = message.get("MessageAttributes", {}).get(name)
    return found.get("StringValue", "") if found else ""


def _why(message: "MessageTypeDef") -> str:
    return _attribute(message, "ERROR_CODE") or "no error code"
