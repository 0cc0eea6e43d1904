"""An operator at a terminal, in front of a stack on moto that handles events and fails at some."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cli.command import main
from cli.see import customer, dead, events, schedules, show, status
from cli.where import Where
from cli.why import blame, explain
from functions.consumer.decide.decide import decide
from shared.decisions.decision import Decision
from shared.failures.errors import Permanent
from tests.consumer.examples import REGION
from tests.consumer.faults import Faults
from tests.consumer.tables import make_tables
from tests.consumer.world import World
from tests.support.samples import EVENTS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient

    from shared.records.books import Books
    from shared.stripe_objects.event import Event

QUEUES = ("effects", "mails", "effects-dlq", "mails-dlq", "scheduler-dlq")
SHAPE = Permanent("invoice_int_parsing", "amount_remaining")


@dataclass(frozen=True)
class FailsWith:
    """A decision that fails with `error`."""

    error: Exception

    def __call__(self, _event: "Event", _books: "Books") -> Decision:
        raise self.error


@dataclass
class Operator:
    """The stack, and the calls to AWS that the last command made."""

    world: World
    sqs: "SQSClient"
    capsys: pytest.CaptureFixture[str]
    calls: Counter[str] = field(default_factory=Counter)
    changed: datetime | None = None
    """When CloudFormation last changed the inbox table; None if it may not be asked."""

    def types(self, *words: str, code: int = 0) -> str:
        """Type a command; returns what it printed, errors included."""
        self.calls.clear()
        assert main([*words, "--stack", "billhook"]) == code
        assert "Scan" not in self.calls
        return "".join(self.capsys.readouterr())

    def reads(self, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - JSON
        """Type a command with --json; returns what it printed."""
        return json.loads(self.types(*words, "--json", code=code))

    def handles(self, name: str, event_id: str, **changes: object) -> str:
        """The consumer handles a sample for real; its state then."""
        sample = json.loads((EVENTS / f"{name}.json").read_text())
        event = {"account": None, **sample, "id": event_id, **changes}
        self.world.decide = decide
        return self.world.consume(f"message of {event_id}", **event, event_id=event_id).state

    def fails_at(self, event_id: str, error: Exception = SHAPE, **changes: object) -> str:
        """The consumer fails at an event; its state then."""
        self.world.decide = FailsWith(error)
        return self.world.consume(f"message of {event_id}", event_id, **changes).state

    def refuses(self, monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
        """From now on AWS refuses an operation to the operator."""
        call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - where every call passes

        def refusing(client: Any, name: str, kwargs: Any) -> Any:  # noqa: ANN401 - botocore's
            if name == operation:
                raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, name)
            return call(client, name, kwargs)

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", refusing)

    def lies_in(self, queue: str, body: str) -> None:
        """Put a message into a queue."""
        self.sqs.send_message(
            QueueUrl=self.sqs.get_queue_url(QueueName=f"billhook-{queue}")["QueueUrl"], MessageBody=body
        )


@contextmanager
def operator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tables: "DynamoDBClient | None" = None
) -> Iterator[Operator]:
    """The operator; the tables are at `tables`, or on moto like all else."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("COLUMNS", "80")
    with mock_aws():
        client, sqs = tables or boto3.client("dynamodb"), boto3.client("sqs")
        if tables:
            others = Where.client
            monkeypatch.setattr(Where, "client", lambda of, name: tables if name == "dynamodb" else others(of, name))
        for name in QUEUES:
            sqs.create_queue(QueueName=f"billhook-{name}")
        for name in ("events.fifo", "dlq.fifo"):
            sqs.create_queue(QueueName=f"billhook-{name}", Attributes={"FifoQueue": "true"})
        world = World.on(client, make_tables(client, "billhook"), Faults(client, lambda _request: None))
        made = Operator(world, sqs, capsys)
        for module in (blame, customer, dead, events, explain, schedules, show, status):
            monkeypatch.setattr(module, "time", SimpleNamespace(time=made.world.clock))
        call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - where every call passes
        one_at_a_time = threading.Lock()  # a window is read by several threads

        def counted(self: Any, operation: str, kwargs: Any) -> Any:  # noqa: ANN401 - botocore's
            with one_at_a_time:
                made.calls[operation] += 1
            if operation == "DescribeStackResource":  # moto's CloudFormation needs packages that nothing else does
                if made.changed is None:
                    raise ClientError({"Error": {"Code": "AccessDenied"}}, operation)
                return {"StackResourceDetail": {"LastUpdatedTimestamp": made.changed}}
            return call(self, operation, kwargs)

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", counted)
        yield made
        client.close()
        sqs.close()
