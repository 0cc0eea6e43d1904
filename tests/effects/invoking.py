"""The worker as Lambda invokes it, with its calls to SQS and SES, and its log."""

import io
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from functions.effects.handler import Handler
from functions.effects.mails.mailer import Mailer
from functions.effects.perform.refresher import Refresher
from shared.runtime.logger import make_logger
from tests.effects.records import ARNS, URLS
from tests.effects.ses import Ses, mailer_of

if TYPE_CHECKING:
    from botocore.stub import Stubber
    from mypy_boto3_sqs import SQSClient

    from tests.consumer.world import World


NAMESPACE = "Billhook/billhook"


class Context:
    """Lambda's context, with all of the time still left."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@dataclass
class Lambda:
    """The worker's handler, its queues, SES and its log."""

    world: "World"
    sqs: "SQSClient"
    queue: "Stubber"
    ses: Ses = field(default_factory=Ses)
    log: io.StringIO = field(default_factory=io.StringIO)
    mailer: Mailer = field(init=False)

    def __post_init__(self) -> None:
        self.mailer = mailer_of(self.ses, self.world.clock)

    @property
    def handler(self) -> Handler:
        """The handler with the present performers: a test may have replaced them."""
        worker = self.world.worker
        return Handler(
            worker=replace(worker, performers=replace(worker.performers, send_mail=self.mailer.send)),
            refresher=Refresher(self.world.store, worker.performers.observe),
            mailer=self.mailer,
            sqs=self.sqs,
            lanes={arn: lane for lane, arn in ARNS.items()},
            urls=URLS,
            # A new service name, since Powertools keeps one logger for each.
            logger=make_logger(uuid4().hex, self.log),
            namespace=NAMESPACE,
        )

    def handle(self, *records: dict[str, Any]) -> list[str]:
        """Handle records; return the ids of the messages that go back to the queue."""
        answer = self.handler({"Records": records}, Context())
        self.queue.assert_no_pending_responses()
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    def expect_wait(self, seconds: int, lane: str = "effects", event_id: str = "evt_1") -> None:
        receipt = f"receipt of {lane} of {event_id}"
        wanted = {"QueueUrl": f"https://queue.example/{lane}", "ReceiptHandle": receipt, "VisibilityTimeout": seconds}
        self.queue.add_response("change_message_visibility", {}, wanted)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def states(self) -> list[str]:
        return [line["message"] for line in self.lines()]
