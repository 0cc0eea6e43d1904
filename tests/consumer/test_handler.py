"""Unfinished messages return to SQS for as long as they must wait, and every event leaves one line in the log."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from functions.consumer.handler import LambdaHandler
from shared.failures.errors import Permanent
from shared.runtime.logger import make_logger
from tests.consumer.examples import LEASE, REGION, sqs_record, stripe_event
from tests.consumer.world import World

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

URL = "https://queue.example/events.fifo"


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


@dataclass(frozen=True)
class Lambda:
    """The handler, the queue that it speaks to, and what it has logged."""

    world: World
    sqs: "SQSClient"
    queue: Stubber
    log: io.StringIO

    def handle(self, *records: dict[str, Any]) -> list[str]:
        """The ids of the messages that go back."""
        # A new service name, since Powertools keeps one logger for each.
        logger = make_logger(uuid4().hex, self.log)
        answer = LambdaHandler(self.world.consumer, self.sqs, URL, logger, "Billhook/billhook")(
            {"Records": records}, None
        )
        self.queue.assert_no_pending_responses()
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    def expect_wait(self, seconds: int) -> None:
        wanted = {"QueueUrl": URL, "ReceiptHandle": "receipt-of-message-1", "VisibilityTimeout": seconds}
        self.queue.add_response("change_message_visibility", {}, wanted)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture
def consumer(world: World) -> Iterator[Lambda]:
    sqs = boto3.client("sqs", region_name=REGION)
    with Stubber(sqs) as queue:
        yield Lambda(world, sqs, queue, io.StringIO())
    sqs.close()


@pytest.fixture
def failing(consumer: Lambda) -> Lambda:
    def decide(*_: object) -> None:
        raise Permanent("invoice_missing", "customer")

    consumer.world.decide = decide  # type: ignore[assignment] # it never returns
    return consumer


def test_a_finished_message_goes(consumer: Lambda) -> None:
    assert consumer.handle(sqs_record(stripe_event())) == []
    assert consumer.world.inbox()["state"] == "committed"


def test_a_message_that_could_not_be_handed_over_comes_again_though_it_is_committed(consumer: Lambda) -> None:
    consumer.world.queues.errors = [EndpointConnectionError(endpoint_url=URL)]
    consumer.expect_wait(4)
    assert consumer.handle(sqs_record(stripe_event())) == ["message-1"]
    (line,) = consumer.lines()
    assert (line["message"], line["level"], line["again_in_s"]) == ("not handed over", "INFO", 4)
    assert line["error"] == "BotoCoreError EndpointConnectionError"


def test_a_message_that_must_wait_is_shown_again_after_its_wait(consumer: Lambda) -> None:
    consumer.world.claim()
    consumer.expect_wait(LEASE + 1)
    assert consumer.handle(sqs_record(stripe_event())) == ["message-1"]


def test_a_failed_message_is_shown_again_at_once_to_be_counted_out(failing: Lambda) -> None:
    for _ in ("failed", "awaiting dead letter"):
        failing.expect_wait(0)
        assert failing.handle(sqs_record(stripe_event())) == ["message-1"]


def test_what_stands_behind_a_message_that_goes_back_is_not_tried(failing: Lambda) -> None:
    failing.expect_wait(0)
    records = [sqs_record(stripe_event(f"evt_{number}"), f"message-{number}") for number in (1, 2, 3)]
    assert failing.handle(*records) == ["message-1", "message-2", "message-3"]
    assert failing.world.inbox("evt_2") == {}


@pytest.mark.parametrize(
    "code",
    [
        "AWS.SimpleQueueService.MessageNotInflight",
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
        "InvalidParameterValue",
    ],
)
def test_a_message_that_somebody_else_has_by_now_is_no_error(failing: Lambda, code: str) -> None:
    failing.queue.add_client_error("change_message_visibility", code)
    assert failing.handle(sqs_record(stripe_event())) == ["message-1"]
    assert [line["message"] for line in failing.lines()] == ["failed"]


def test_a_queue_that_refuses_is_logged_and_its_own_timeout_shows_the_message_again(failing: Lambda) -> None:
    failing.queue.add_client_error("change_message_visibility", "AccessDenied", "ann@example.com")
    assert failing.handle(sqs_record(stripe_event())) == ["message-1"]
    warning = failing.lines()[-1]
    assert (warning["level"], warning["code"], warning["event_id"]) == ("WARN", "AccessDenied", "evt_1")


def test_a_queue_that_cannot_be_reached_is_logged_likewise(failing: Lambda) -> None:
    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url=URL)

    failing.queue.deactivate()
    failing.sqs.meta.events.register_first("before-call.sqs", unreachable)
    assert failing.handle(sqs_record(stripe_event())) == ["message-1"]
    assert failing.lines()[-1]["code"] == "EndpointConnectionError"


def test_a_finished_event_leaves_one_line_of_ids_and_states(consumer: Lambda) -> None:
    consumer.handle(sqs_record(stripe_event()))
    (line,) = consumer.lines()
    metrics = {"_aws", "Done", "Lag"}
    assert {name: line[name] for name in line.keys() - {"level", "location", "timestamp", "service"} - metrics} == {
        "message": "committed",
        "event_id": "evt_1",
        "type": "invoice.payment_failed",
        "account": "acct_1",
        "message_id": "message-1",
        "attempt": 1,
        "ms": 0,
        "since_received_ms": 5000,
    }
    assert line["level"] == "INFO"


def test_an_ignored_event_is_logged_with_its_reason_each_time_that_it_comes(consumer: Lambda) -> None:
    consumer.world.ignore = "a test-mode event on a live stack"
    for number in (1, 2):
        consumer.handle(sqs_record(stripe_event(), f"message-{number}"))
    said = [(line["message"], line["reason"]) for line in consumer.lines()]
    assert said == [("ignored", "a test-mode event on a live stack")] * 2


def test_a_failure_is_logged_as_an_error_that_names_no_value(failing: Lambda) -> None:
    failing.expect_wait(0)
    failing.handle(sqs_record(stripe_event()))
    (line,) = failing.lines()
    assert (line["level"], line["error"]) == ("ERROR", "Permanent invoice_missing at customer")
    assert (line["again_in_s"], line["attempt"]) == (0, 1)


def test_no_payload_name_or_address_is_logged(failing: Lambda) -> None:
    failing.expect_wait(0)
    failing.handle(sqs_record(stripe_event()))
    assert not [secret for secret in ("ann", "cus_1", "in_1") if secret in failing.log.getvalue().lower()]
