"""The Lambda handler: it consumes each SQS record, logs one line, and gives unfinished records back to SQS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.consumer.consume import Outcome, consume
from functions.consumer.dependencies import Dependencies
from functions.consumer.message import Message, read_message
from functions.consumer.metrics import WARNED_OF, metrics_of
from shared.failures.errors import Unforeseen

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_sqs.client import SQSClient

UNTRUSTED = frozenset({"unverified", "untrusted", "untrusted before"})
"""States of a message that Billhook may not have sent: the log names it, and repeats nothing that it says."""

GONE = frozenset({"MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue"})
"""SQS answers a change of visibility with one of these when another receive has the message by now."""


@dataclass(frozen=True)
class LambdaHandler:
    """The handler of an SQS event source mapping with `ReportBatchItemFailures`.

    A failed message goes back with all messages after it, since none may overtake it in its FIFO group:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
    """

    deps: Dependencies
    sqs: "SQSClient"
    queue_url: str
    logger: "Logger"
    metrics_namespace: str

    def __call__(self, event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        """The ids of the messages that SQS must hand out again.

        Raises:
            Unforeseen: a bug stopped the handler; SQS hands the whole batch out again.
        """
        records = event["Records"]
        try:
            for index, record in enumerate(records):
                message = read_message(record)
                outcome = consume(self.deps, message)
                self._log(message, outcome)
                if outcome.wait is not None:
                    self._show_again(message, outcome.wait)
                    return {"batchItemFailures": [{"itemIdentifier": back["messageId"]} for back in records[index:]]}
        except Exception as bug:  # noqa: BLE001 - the text of an unknown error may quote the payload
            raise Unforeseen(bug) from None
        return {"batchItemFailures": []}

    def _show_again(self, message: Message, wait: int) -> None:
        """Make the message visible after `wait` seconds; if SQS refuses, the queue's visibility timeout does so."""
        try:
            self.sqs.change_message_visibility(
                QueueUrl=self.queue_url, ReceiptHandle=message.receipt_handle, VisibilityTimeout=wait
            )
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if not any(gone in code for gone in GONE):
                self.logger.warning("visibility unchanged", extra={"event_id": message.event_id, "code": code})
        except BotoCoreError as error:
            code = type(error).__name__
            self.logger.warning("visibility unchanged", extra={"event_id": message.event_id, "code": code})

    def _log(self, message: Message, outcome: Outcome) -> None:
        """Log one line, which CloudWatch also reads as metrics: ids and states, no payload, name, address or secret."""
        now = self.deps.store.clock()
        line = {
            "event_id": message.event_id,
            "type": message.type,
            "account": message.account,
            "message_id": message.message_id,
            "attempt": outcome.attempt or None,
            "reason": outcome.reason,
            "error": str(outcome.failure) if outcome.failure else None,
            "again_in_s": outcome.wait,
            "ms": round(now * 1000) - outcome.stats.started_ms if outcome.stats.started_ms else None,
            "since_received_ms": round(now * 1000) - message.sent_ms,
        }
        if outcome.state in UNTRUSTED:
            line |= {"event_id": f"message:{message.message_id}", "type": None, "account": None}
        known = {name: value for name, value in line.items() if value is not None}
        metrics = metrics_of(message, outcome, now, self.metrics_namespace)
        say = self.logger.warning if WARNED_OF & metrics.keys() else self.logger.info
        say = self.logger.error if outcome.state in {"failed", "unrecorded", "untrusted"} else say
        say(outcome.state, extra=known | metrics)
