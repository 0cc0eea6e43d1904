"""The Lambda handler: leases the lane that a message names, performs it, logs one line, and answers SQS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from functions.effects.lane.attempt import Attempt, Result
from functions.effects.lane.lease import Leased, NothingOwed, lease
from functions.effects.lane.progress import FencedError
from functions.effects.mails.mailer import Mailer
from functions.effects.message import LaneMessage, read_lane_message
from functions.effects.metrics import metrics_of, warns
from functions.effects.perform.perform import perform
from functions.effects.perform.refresher import Refresher
from functions.effects.worker import Worker
from shared.failures.backoff import FAULTY_FOR, before_uncounted, while_faulty
from shared.failures.errors import Unforeseen
from shared.failures.kinds import Failure, failure_of
from shared.inbox.lanes import Lane
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_sqs.client import SQSClient

    from shared.messages.session_refresh import SessionRefresh

GONE = frozenset({"MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue"})
"""Error codes of ChangeMessageVisibility: another receive has the message by now."""
FAULTS = frozenset({"failed", "unreadable", "unrecorded"})
"""The states that are logged as errors. SQS hands an unreadable message out until it dead-letters the message."""
SPARE = 15
"""Seconds that a long erasure leaves for recording its progress."""


class Context(Protocol):
    """The part of Lambda's context that is needed (https://docs.aws.amazon.com/lambda/latest/dg/python-context.html)."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""


@dataclass(frozen=True)
class Handler:
    """The handler of two SQS event source mappings with `ReportBatchItemFailures`.

    `lanes` names the lane of each queue's ARN; `urls` holds the URL of each lane's queue.
    """

    worker: Worker
    refresher: Refresher
    mailer: Mailer
    sqs: "SQSClient"
    lanes: Mapping[str, Lane]
    urls: Mapping[Lane, str]
    logger: "Logger"
    namespace: str

    def __call__(self, event: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """Work on each record; returns the ids of the messages that SQS must hand out again."""
        try:
            messages = [read_lane_message(record, self.lanes) for record in event["Records"]]
            back = [message.message_id for message in messages if not self._take(message, context)]
        except Exception as bug:  # noqa: BLE001 - its text may quote an event, and Lambda would print it
            raise Unforeseen(bug) from None  # SQS hands the message out again
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in back]}

    def _take(self, message: LaneMessage, context: Context) -> bool:
        """Work on a message; returns whether SQS may delete it."""
        leased, result, failure = (
            self._refresh(message, message.refresh) if message.refresh else self._work(message, context)
        )
        self._log(message, leased, result, failure)
        if result.wait is None:
            return True
        self._show_again(message, result.wait)
        return False

    def _refresh(self, message: LaneMessage, refresh: "SessionRefresh") -> tuple[None, Result, Failure | None]:
        """As `_work`, for a refresh of a Checkout session that an app asks for."""
        waited = self.worker.store.clock() - message.first_received_ms / 1000
        try:
            return None, Result("refreshed", outcomes=(self.refresher.take(refresh, message.sent_ms),)), None
        except (ClientError, BotoCoreError) as error:
            return None, Result("unrecorded", before_uncounted(waited, self.worker.jitter)), failure_of(error)

    def _work(self, message: LaneMessage, context: Context) -> tuple[Leased | None, Result, Failure | None]:
        """The lane if it was leased, the result, and the failure if AWS caused one. It raises none of AWS's errors."""
        store = self.worker.store
        waited = store.clock() - message.first_received_ms / 1000
        uncounted = before_uncounted(waited, self.worker.jitter)
        if not message.event_id:
            return None, Result("unreadable", wait=0), None
        if message.lane == "mails" and self.mailer.resting:
            return None, Result("resting", wait=max(self.mailer.resting, uncounted)), None
        leased: Leased | None = None
        attempt: Attempt | None = None
        held = 0
        try:
            found = lease(store, message)
            if not isinstance(found, Leased):
                return None, _not_ours(found), None
            leased, held = found, store.lease
            deadline = store.clock() + context.get_remaining_time_in_millis() / 1000 - SPARE
            attempt = Attempt(self.worker, leased, message.sent_ms, deadline)
            result = perform(attempt)
            if result.again:
                held = 0  # `perform` has released the lane
                self.worker.handover.send(leased.event_id, leased.account, (leased.lane,))
        except FencedError:
            return leased, Result("fenced", wait=store.lease), None
        except (ClientError, BotoCoreError) as error:
            failure = failure_of(error)
            faulty = failure.kind == "deployment"
            # For an hour the worker tries every minute, because a person is fixing the deployment; then less often.
            wait = while_faulty(self.worker.jitter) if faulty and waited < FAULTY_FOR else uncounted
            since = attempt.owed_since if attempt else None
            return leased, Result("unrecorded", wait=max(wait, held), faulty=faulty, owed_since=since), failure
        return leased, result, None

    def _show_again(self, message: LaneMessage, wait: int) -> None:
        """Make the message visible after `wait` seconds; if that fails, the visibility timeout of the queue does it."""
        try:
            self.sqs.change_message_visibility(
                QueueUrl=self.urls[message.lane], ReceiptHandle=message.receipt_handle, VisibilityTimeout=wait
            )
        except (ClientError, BotoCoreError) as error:
            code = failure_of(error).code
            if not any(gone in code for gone in GONE):
                self.logger.warning("visibility unchanged", extra={"event_id": message.event_id, "code": code})

    def _log(self, message: LaneMessage, leased: Leased | None, result: Result, failure: Failure | None) -> None:
        """Log one line a message, which CloudWatch also reads as metrics: ids and outcomes, nothing personal."""
        now = self.worker.store.clock()
        line = {
            "event_id": message.event_id,
            "lane": message.lane,
            "type": leased.type if leased else None,
            "account": leased.account if leased else None,
            "message_id": message.message_id,
            "outcomes": list(result.outcomes) or None,
            "error": str(failure) if failure else result.error,
            "again_in_s": result.wait,
            "since_committed_ms": round(now * 1000) - leased.committed_ms if leased else None,
        }
        known = {name: value for name, value in line.items() if value is not None}
        metrics = metrics_of(message, result, now, self.namespace)
        say = self.logger.warning if warns(message.lane, metrics) else self.logger.info
        say = self.logger.error if result.state in FAULTS else say
        say(result.state, extra=known | metrics)


def _not_ours(found: NothingOwed | LeasedElsewhere | AwaitingDeadLetter) -> Result:
    match found:
        case NothingOwed():
            return Result("nothing owed")
        case LeasedElsewhere(seconds):
            return Result("leased elsewhere", wait=seconds + 1)
        case AwaitingDeadLetter():
            return Result("awaiting dead letter", wait=0)
