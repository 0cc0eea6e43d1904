"""The Lambda handler: each SQS record is consumed, logged in one line, and given back to SQS if it is not finished."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.consumer.consume import Outcome, consume
from functions.consumer.dependencies import Consumer
from functions.consumer.message import Message, read_message
from functions.consumer.metrics import WARNED_OF, metrics_of
from shared.failures.errors import Unforeseen

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_sqs.client import SQSClient

type Handler = Callable[[Mapping[str, Any], object], dict[str, Any]]

UNTRUSTED = frozenset({"unverified", "untrusted", "untrusted before"})
"""States of a message that Billhook may not have sent: the log names it, and repeats nothing that it says."""

GONE = frozenset({"MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue"})
"""Answers to a change of visibility that mean somebody else has the message by now."""


def make_handler(
    consumer: Consumer, sqs: "SQSClient", queue_url: str, logger: "Logger", metrics_namespace: str
) -> Handler:
    """The handler of an SQS event source mapping with `ReportBatchItemFailures`.

    A failed message goes back with all after it, since a FIFO group must not be overtaken:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
    """

    def take(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        for index, record in enumerate(records):
            message = read_message(record)
            verdict = consume(consumer, message)
            _log(logger, message, verdict, consumer.store.clock(), metrics_namespace)
            if verdict.wait is not None:
                _show_again(sqs, queue_url, message, verdict.wait, logger)
                return {"batchItemFailures": [{"itemIdentifier": back["messageId"]} for back in records[index:]]}
        return {"batchItemFailures": []}

    def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        try:
            return take(event["Records"])
        except Exception as bug:  # noqa: BLE001 - whatever it is, its text is to be nowhere
            raise Unforeseen(bug) from None  # SQS hands the message out again

    return handler


def _show_again(sqs: "SQSClient", queue_url: str, message: Message, wait: int, logger: "Logger") -> None:
    """Make the message visible after `wait` seconds; if SQS does not hear, the queue's own timeout does it."""
    try:
        sqs.change_message_visibility(QueueUrl=queue_url, ReceiptHandle=message.receipt_handle, VisibilityTimeout=wait)
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if not any(gone in code for gone in GONE):
            logger.warning("visibility unchanged", extra={"event_id": message.event_id, "code": code})
    except BotoCoreError as error:
        logger.warning("visibility unchanged", extra={"event_id": message.event_id, "code": type(error).__name__})


def _log(logger: "Logger", message: Message, verdict: Outcome, now: float, namespace: str) -> None:
    """One line an event, read by CloudWatch as metrics, too: ids and states, no payload, name, address or secret."""
    line = {
        "event_id": message.event_id,
        "type": message.type,
        "account": message.account,
        "message_id": message.message_id,
        "attempt": verdict.attempt or None,
        "reason": verdict.reason,
        "error": str(verdict.failure) if verdict.failure else None,
        "again_in_s": verdict.wait,
        "ms": round(now * 1000) - verdict.stats.started_ms if verdict.stats.started_ms else None,
        "since_received_ms": round(now * 1000) - message.sent_ms,
    }
    if verdict.state in UNTRUSTED:
        line |= {"event_id": f"message:{message.message_id}", "type": None, "account": None}
    known = {name: value for name, value in line.items() if value is not None}
    metrics = metrics_of(message, verdict, now, namespace)
    say = logger.warning if WARNED_OF & metrics.keys() else logger.info
    say = logger.error if verdict.state in {"failed", "unrecorded", "untrusted"} else say
    say(verdict.state, extra=known | metrics)
