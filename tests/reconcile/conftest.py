"""Reconcile as Lambda gets it: its handler, on moto and against a Stripe of the tests."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from aws_lambda_powertools import Logger
from moto import mock_aws

from cli.samples import samples
from functions.reconcile.handler import Handler
from functions.reconcile.wiring import build
from shared.runtime.logger import make_logger
from tests.consumer.tables import environment_of, make_table
from tests.support.stripe_lists import KEY, PLATFORM, StripeLists, served

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

NOW = 1_790_000_000
HOUR = 3600
REGION = "eu-central-1"
ACCOUNT = "acct_1Fernhill"
OTHER = "acct_1Saltmarsh"

type Lines = Callable[[], list[dict[str, Any]]]


@dataclass
class Clock:
    """A clock that only the test moves; `left` is what Lambda's context says, in seconds."""

    now: int = NOW
    left: list[float] = field(default_factory=list)

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * (self.left.pop(0) if len(self.left) > 1 else (self.left or [600])[0]))


@dataclass
class System:
    """The parts of a stack that reconcile touches."""

    stripe: StripeLists
    url: str
    clock: Clock
    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    secrets: "SecretsManagerClient"
    inbox: str
    books: str
    queue: str
    effects: str
    mails: str
    key_id: str
    message_key_id: str
    livemode: str = "false"
    group_by: str = "account"
    taken: "list[MessageTypeDef]" = field(default_factory=list)
    """What was taken out of the queue so far, in its order."""

    @cached_property
    def handler(self) -> Handler:
        return build(self.environ, lambda _seconds: None)

    @property
    def environ(self) -> dict[str, str]:
        environ = {
            "QUEUE_URL": self.queue,
            "EFFECTS_QUEUE_URL": self.effects,
            "MAILS_QUEUE_URL": self.mails,
            "INBOX_TABLE": self.inbox,
            "BOOKS_TABLE": self.books,
            "STRIPE_KEY_ID": self.key_id,
            "MESSAGE_KEY_ID": self.message_key_id,
            "GROUP_BY": self.group_by,
            "LIVEMODE": self.livemode,
        }
        assert set(environ) == set(environment_of("ReconcileFunction"))
        return environ | {"STRIPE_API_BASE": self.url}

    def run(self) -> dict[str, int]:
        return self.handler({"source": "aws.events"}, self.clock)

    def hours_pass(self, hours: float = 1) -> None:
        self.clock.now += int(hours * HOUR)

    def happens(
        self,
        ago: int,
        account: str = PLATFORM,
        *,
        name: str = "invoice.paid",
        accepted: bool = False,
        customer: str | None = None,
    ) -> str:
        """An event of so many seconds ago that Stripe lists, and the inbox may have; its id.

        `customer` is the id of the customer that the event is about, in place of the sample's.
        """
        event = samples.fresh(name, self.clock.now - ago, account=None if account == PLATFORM else account)
        event["livemode"] = False
        if customer:
            event["data"]["object"]["id"] = customer
        event_id: str = self.stripe.has(event, account)["id"]
        if accepted:
            self.accept(event_id)
        return event_id

    def accept(self, event_id: str, state: str = "done") -> None:
        self.dynamodb.put_item(TableName=self.inbox, Item={"id": {"S": event_id}, "state": {"S": state}})

    def begun(self, *accounts: str) -> None:
        """Each account has a cursor from now on: something of it was accepted, and a run saw that."""
        for account in accounts or (PLATFORM,):
            self.happens(int(1.5 * HOUR), account, accepted=True)
        self.run()
        self.hours_pass()

    def messages(self) -> "list[MessageTypeDef]":
        """All that was ever put into the queue, in its order; the queue is empty afterwards."""
        while page := self.sqs.receive_message(
            QueueUrl=self.queue,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages", []):
            self.taken += page
            for message in page:
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return self.taken

    def consume(self) -> None:
        """The consumer handles all that is in the queue."""
        for event_id in self.offered():
            self.accept(event_id)

    def a_head_waits(self) -> None:
        """An event that is retried keeps the queue from being empty."""
        self.sqs.send_message(
            QueueUrl=self.queue, MessageBody='{"id": "evt_head"}', MessageGroupId="any", MessageDeduplicationId="head"
        )

    def offered(self) -> list[str]:
        return [json.loads(message["Body"])["id"] for message in self.messages()]

    def cursors(self) -> dict[str, int]:
        items = self.dynamodb.scan(TableName=self.books)["Items"]
        assert {item["pk"]["S"] for item in items} <= {"reconcile"}
        return {item["sk"]["S"]: int(item["cursor"]["N"]) for item in items}


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Any]]:
    """One server for the module; each test gives it a new Stripe."""
    behind = StripeLists(lambda: NOW)
    with served(behind) as url:
        yield url, lambda stripe: setattr(behind, "answer", stripe.answer)


def _logger(suffix: str, service: str) -> Logger:
    return make_logger(f"{service}-{suffix}", sys.stdout)


@pytest.fixture
def system(server: tuple[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    clock = Clock()
    stripe = StripeLists(lambda: clock.now)
    server[1](stripe)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    # Powertools keeps one logger for each service, and with it the stream of an earlier test.
    own_logger = partial(_logger, uuid4().hex)
    monkeypatch.setattr("functions.reconcile.wiring.make_logger", own_logger)
    monkeypatch.setattr("functions.reconcile.wiring.time", type("At", (), {"time": lambda: clock.now}))
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=REGION)
        sqs = boto3.client("sqs", region_name=REGION)
        secrets = boto3.client("secretsmanager", region_name=REGION)
        queue = sqs.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        effects, mails = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("effects", "mails"))
        key_id = secrets.create_secret(Name="stripe-api-key", SecretString=KEY)["ARN"]
        message_key_id = secrets.create_secret(Name="message-key", SecretString="k" * 64)["ARN"]
        inbox, books = make_table(dynamodb, "InboxTable"), make_table(dynamodb, "BooksTable")
        queues, keys = (queue, effects, mails), (key_id, message_key_id)
        yield System(stripe, server[0], clock, dynamodb, sqs, secrets, inbox, books, *queues, *keys)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """A function that gives the log's lines since it was last asked, as JSON."""

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return read
