"""As AWS starts the consumer: a message goes in; its decision is in the tables, and each owing lane has a message."""

import importlib
import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from pydantic import ValidationError

from functions.consumer.wiring import build
from tests.consumer.examples import MESSAGE_KEY, REGION, sqs_record
from tests.consumer.tables import make_table
from tests.consumer.test_settings import ENVIRON
from tests.support.samples import sample

if TYPE_CHECKING:
    from functions.consumer.handler import LambdaHandler
    from shared.stripe_objects.event import Event


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What template.yaml would give, and everything that it names."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name="token-key", SecretString="a key of this stack's own")
        secrets.create_secret(Name="message-key", SecretString=MESSAGE_KEY)
        sqs = boto3.client("sqs")
        queues = {
            "QUEUE_URL": sqs.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"],
            "EFFECTS_QUEUE_URL": sqs.create_queue(QueueName="effects")["QueueUrl"],
            "MAILS_QUEUE_URL": sqs.create_queue(QueueName="mails")["QueueUrl"],
        }
        tables = {
            "INBOX_TABLE": make_table(dynamodb, "InboxTable"),
            "BOOKS_TABLE": make_table(dynamodb, "BooksTable"),
            "TOMBSTONES_TABLE": make_table(dynamodb, "TombstonesTable"),
            "ACCESS_TABLE": make_table(dynamodb, "AccessTable"),
        }
        yield ENVIRON | tables | queues


def payment_failed(**changes: object) -> dict[str, Any]:
    """As Stripe would send it now."""
    event: Event = sample("invoice.payment_failed", created=int(time.time()))
    return event.model_dump(mode="json", by_alias=True) | {"object": "event"} | changes


def handle(handler: "LambdaHandler", body: dict[str, Any]) -> list[object]:
    failures: list[object] = handler({"Records": [sqs_record(body)]}, None)["batchItemFailures"]
    return failures


def inbox(environ: dict[str, str]) -> dict[str, Any]:
    (item,) = boto3.client("dynamodb").scan(TableName=environ["INBOX_TABLE"])["Items"]
    return {name: next(iter(value.values())) for name, value in item.items()}


def received(environ: dict[str, str], queue: str) -> list[tuple[str, str]]:
    """What lies in the queue of a lane: bodies and message groups."""
    asked = {"MaxNumberOfMessages": 10, "AttributeNames": ["MessageGroupId"]}
    messages = boto3.client("sqs").receive_message(QueueUrl=environ[queue], **asked).get("Messages", [])  # type: ignore[arg-type]
    return [(one["Body"], one["Attributes"]["MessageGroupId"]) for one in messages]


def test_a_failed_payment_is_committed_and_handed_over_by_one_message(environ: dict[str, str]) -> None:
    event = payment_failed()
    assert handle(build(environ), event) == []
    assert inbox(environ)["state"] == "committed"
    assert [owed["kind"] for owed in json.loads(inbox(environ)["outbox"])] == ["remind", "publish", "email"]
    told = [(json.dumps({"event": event["id"]}), "platform")]
    assert (received(environ, "EFFECTS_QUEUE_URL"), received(environ, "MAILS_QUEUE_URL")) == (told, [])


def test_an_event_that_owes_nothing_sends_no_message(environ: dict[str, str]) -> None:
    created = sample("customer.created", created=int(time.time()))
    assert handle(build(environ), created.model_dump(mode="json", by_alias=True) | {"object": "event"}) == []
    assert inbox(environ)["state"] == "done"
    assert received(environ, "EFFECTS_QUEUE_URL") == received(environ, "MAILS_QUEUE_URL") == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"livemode": False}, "a test-mode event on a live stack"),
        ({"type": "price.created"}, "no handler for its type"),
        ({"object": "v2.core.event"}, "a thin event: enable snapshot events on this endpoint"),
    ],
)
def test_what_is_not_for_this_stack_is_ignored_for_a_reason(
    environ: dict[str, str], changes: dict[str, object], reason: str
) -> None:
    assert handle(build(environ), payment_failed(**changes)) == []
    assert (inbox(environ)["state"], inbox(environ)["reason"]) == ("ignored", reason)


def test_an_event_that_is_not_as_documented_goes_back_to_be_dead_lettered(environ: dict[str, str]) -> None:
    assert handle(build(environ), payment_failed(data={"object": {"id": "in_1", "customer": "cus_1"}})) != []
    assert inbox(environ)["error"].startswith("Permanent invoice_missing at ")


def test_a_stack_that_is_not_configured_does_not_start() -> None:
    with pytest.raises(ValidationError):
        build({})


def test_lambda_finds_the_handler_where_the_template_says(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    app = importlib.import_module("functions.consumer.app")
    assert handle(app.lambda_handler, payment_failed()) == []
