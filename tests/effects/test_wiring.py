"""As AWS starts the worker: a hand-over goes in; mails, announcements and schedules come out."""

import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from pydantic import ValidationError

from functions.consumer.wiring import build as build_consumer
from functions.effects.wiring import ONCE, build
from shared.inbox.lanes import LANES, Lane
from shared.inbox.outbox import load, progress_of
from shared.tables.attributes import from_item
from tests.consumer.examples import MESSAGE_KEY, REGION, sqs_record
from tests.consumer.tables import make_table, property_of
from tests.effects.invoking import Context
from tests.effects.records import record
from tests.effects.test_settings import ENVIRON
from tests.support.samples import sample

if TYPE_CHECKING:
    from shared.stripe_objects.event import Event

type Invoke = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True)
class Stack:
    """What template.yaml would make, on moto."""

    environ: dict[str, str]

    def consume(self, body: dict[str, Any]) -> None:
        """The consumer commits an event and hands it over."""
        assert build_consumer(self.environ)({"Records": [sqs_record(body)]}, None) == {"batchItemFailures": []}

    def deliver(self, lane: Lane, invoke: Invoke) -> list[object]:
        """Lambda hands over what lies in a lane's queue; the failures that the worker names."""
        sqs, url = boto3.client("sqs"), self.environ[f"{lane.upper()}_QUEUE_URL"]
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        arn = self.environ[f"{lane.upper()}_QUEUE_ARN"]
        records = [record(lane, body=message["Body"]) | {"eventSourceARN": arn} for message in messages]
        assert records
        failures: list[object] = invoke({"Records": records}, Context())["batchItemFailures"]
        return failures

    def inbox(self) -> dict[str, Any]:
        (item,) = boto3.client("dynamodb").scan(TableName=self.environ["INBOX_TABLE"])["Items"]
        return from_item(item)

    def outcomes(self) -> list[str | None]:
        item = self.inbox()
        outbox = load(item["outbox"])
        return [progress.outcome for progress in progress_of(item, outbox).values()]


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        dynamodb, sqs, secrets = boto3.client("dynamodb"), boto3.client("sqs"), boto3.client("secretsmanager")
        secrets.create_secret(Name="token-key", SecretString="a key of this stack's own")
        secrets.create_secret(Name="stripe-api-key", SecretString="none")
        secrets.create_secret(Name="message-key", SecretString=MESSAGE_KEY)
        boto3.client("events").create_event_bus(Name="billhook")
        boto3.client("scheduler").create_schedule_group(Name="billhook")
        boto3.client("sesv2").create_email_identity(EmailIdentity="billing@example.com")
        events = sqs.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})
        made = {
            "QUEUE_URL": events["QueueUrl"],
            "INBOX_TABLE": make_table(dynamodb, "InboxTable"),
            "BOOKS_TABLE": make_table(dynamodb, "BooksTable"),
            "TOMBSTONES_TABLE": make_table(dynamodb, "TombstonesTable"),
            "ACCESS_TABLE": make_table(dynamodb, "AccessTable"),
        }
        for lane in LANES:
            url = sqs.create_queue(QueueName=f"billhook-{lane}")["QueueUrl"]
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
            made |= {f"{lane.upper()}_QUEUE_URL": url, f"{lane.upper()}_QUEUE_ARN": attributes["QueueArn"]}
        yield Stack(ENVIRON | made)


def payment_failed(**changes: object) -> dict[str, Any]:
    """As Stripe would send it now."""
    event: Event = sample("invoice.payment_failed", created=int(time.time()))
    return event.model_dump(mode="json", by_alias=True) | {"object": "event"} | changes


def test_a_failed_payment_is_told_by_mail_and_remembered_for_later(stack: Stack) -> None:
    stack.consume(payment_failed())
    handler = build(stack.environ)
    assert [stack.deliver(lane, handler) for lane in LANES] == [[], []]
    assert stack.outcomes() == ["set", "published", "sent"]
    assert stack.inbox()["state"] == "done"
    (schedule,) = boto3.client("scheduler").list_schedules(GroupName="billhook")["Schedules"]
    assert schedule["Target"]["Arn"] == stack.environ["QUEUE_ARN"]
    assert len(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages) == 1


def test_an_observation_without_a_key_is_an_outcome(stack: Stack) -> None:
    body = payment_failed()
    body["data"]["object"] |= {"customer_email": None, "customer_name": None}
    stack.consume(body)
    assert stack.deliver("effects", build(stack.environ)) == []
    assert "no key" in stack.outcomes()


def test_a_stack_that_is_not_configured_does_not_start() -> None:
    with pytest.raises(ValidationError):
        build({})


def test_lambda_finds_the_handler_where_the_template_says(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in stack.environ.items():
        monkeypatch.setenv(name, value)
    module, _, name = property_of("EffectsFunction", "Handler").rpartition(".")
    stack.consume(payment_failed())
    assert stack.deliver("effects", getattr(importlib.import_module(module), name)) == []


def test_ses_is_called_once_and_its_answer_awaited_within_the_functions_time() -> None:
    once: Any = ONCE  # botocore has no types for what it sets
    assert once.retries == {"mode": "standard", "total_max_attempts": 1}
    assert 2 * (once.connect_timeout + once.read_timeout) < property_of("EffectsFunction", "Timeout")
