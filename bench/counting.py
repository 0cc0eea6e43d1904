"""Count the calls and units of each sample, as the consumer and the worker handle it on moto."""

import heapq
import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from bench.meter import Cost, Meter
from cli.samples import samples
from functions.consumer.metrics import SERVICE as CONSUMER
from functions.effects.metrics import SERVICE as WORKER
from tests.consumer.examples import REGION
from tests.prove.moto_cloud import MotoCloud, Queue
from tests.prove.queues import Message
from tests.prove.runner import Processes, Runner
from tests.prove.wire import Wire

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from mypy_boto3_dynamodb import DynamoDBClient

DELIVERED_AFTER = 5
"""Seconds from an event's creation to its delivery."""

STORY = sorted(
    (name for name in samples.names() if "/" not in name and samples.sample(name)["type"] == name),
    key=lambda name: (samples.sample(name)["created"], name),
)
"""One sample of each event type, in order of creation; events/README.md tells the story."""


@dataclass(frozen=True)
class Handled:
    """The cost of one event: of the consumer, and of the worker for each lane in which the event owed effects."""

    consumer: Cost
    worker: tuple[Cost, ...]

    @property
    def type(self) -> str:
        """The event's type."""
        return self.consumer.type

    @property
    def costs(self) -> tuple[Cost, ...]:
        """The cost of each message of the event."""
        return (self.consumer, *self.worker)

    @property
    def writes(self) -> int:
        """All write units of the event."""
        return sum(cost.writes for cost in self.costs)

    @property
    def reads(self) -> float:
        """All read units of the event."""
        return sum(cost.reads for cost in self.costs)

    @property
    def mails(self) -> int:
        """The mails that SES took."""
        return sum(cost.mails for cost in self.costs)


class _MeteredWire(Wire):
    def __init__(self, moto_cloud: MotoCloud, meter: Meter) -> None:
        super().__init__(moto_cloud)
        self._meter = meter

    def attach(self, client: "BaseClient") -> None:
        super().attach(client)
        self._meter.attach(client)


@dataclass
class MeteredSystem:
    """A consumer and a worker on moto with a meter, warm from the second event on; the clock follows the messages."""

    runner: Runner
    meter: Meter
    log: io.StringIO
    processes: Processes = field(init=False)

    def __post_init__(self) -> None:
        self.processes = Processes(self.runner.moto_cloud.environ)

    def handle(self, event: dict[str, Any], at: float, message: str = "") -> Handled:
        """Handle one event and perform all that it owes; raises AssertionError if a message is not done at once."""
        consumer = self.commit(event, at, message)
        worker = list[Cost]()
        while handed_over := self.runner.moto_cloud.handed_over():  # by the consumer, then by the worker of the effects
            worker += [
                self._take(sent.queue, event["type"], sent.body, f"owed by {event['id']}") for sent in handed_over
            ]
        return Handled(consumer, tuple(worker))

    def commit(self, event: dict[str, Any], at: float, message: str = "") -> Cost:
        """Handle one event by the consumer alone; raises as `handle` does."""
        self.runner.clock.now = at
        return self._take("events", event["type"], samples.encode(event).decode(), message or event["id"])

    def items(self, table: str) -> list[dict[str, Any]]:
        """The items of a table, as DynamoDB attributes; `table` is the environment variable with its name."""
        client: DynamoDBClient = boto3.client("dynamodb")
        return list(client.scan(TableName=self.runner.moto_cloud.environ[table])["Items"])

    def _take(self, queue: Queue, kind: str, body: str, message_id: str) -> Cost:
        self.meter.cost = cost = Cost(kind, queue)
        now, logged = self.runner.clock.now, self.log.tell()
        done = self.runner.receive(Message(queue, body, message_id, now, now), self.processes)
        line = self.log.getvalue()[logged:]
        assert done, (queue, kind, line)  # noqa: S101
        cost.logged, cost.state = len(line.encode()), json.loads(line)["message"]
        return cost


@contextmanager
def metered_system() -> Iterator[MeteredSystem]:
    """An empty stack."""
    with pytest.MonkeyPatch.context() as patch, mock_aws(), redirect_stdout(io.StringIO()) as log:
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        runner, meter = Runner(MotoCloud()), Meter()
        runner.wire = _MeteredWire(runner.moto_cloud, meter)
        runner.open(patch)
        _log_to(log)
        try:
            yield MeteredSystem(runner, meter, log)
        finally:
            _log_to(sys.__stdout__)


def _log_to(stream: Any) -> None:  # noqa: ANN401 - any text stream
    """Log to `stream`: Powertools keeps the handler of a service's first Logger, with the old standard output."""
    for service in (CONSUMER, WORKER):
        for handler in logging.getLogger(service).handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(stream)


def story(system: MeteredSystem) -> Iterator[Handled]:
    """The story from the first event to the erasure, with what Billhook sends itself as it comes due."""
    moto_cloud = system.runner.moto_cloud
    agenda: list[tuple[float, str]] = [(samples.sample(name)["created"], name) for name in STORY]
    heapq.heapify(agenda)
    while agenda:
        at, name = heapq.heappop(agenda)
        known = set(moto_cloud.own())
        event = samples.sample(name) if name in STORY else json.loads(moto_cloud.fire(name))
        yield system.handle(event, at + DELIVERED_AFTER)
        for new, message in moto_cloud.own().items():
            if new not in known:
                heapq.heappush(agenda, (max(message["created"], at), new))
