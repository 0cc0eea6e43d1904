"""What the samples cost in calls and units: each is taken through ingest and the consumer, on moto, call by call."""

import heapq
import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from bench.meter import Cost, Meter
from functions.consumer import wiring
from functions.consumer.metrics import SERVICE
from functions.effects.perform import inline
from infra import samples
from tests.consumer.world import REGION, sqs_record
from tests.prove.stage import Stage
from tests.support.checked import checked

DELIVERED_AFTER = 5
"""Seconds."""

STORY = sorted(
    (name for name in samples.names() if "/" not in name and samples.sample(name)["type"] == name),
    key=lambda name: (samples.sample(name)["created"], name),
)
"""One sample of each event type, in the order in which they happened; events/README.md tells the story."""


@dataclass
class Play:
    """A consumer on moto, with a clock that is where the message is."""

    meter: Meter
    stage: Stage
    log: io.StringIO
    clock: SimpleNamespace

    def handle(self, event: dict[str, Any], at: float, message: str = "") -> Cost:
        """Take one message through; raises AssertionError if it is not done."""
        self.clock.now = at
        self.meter.cost = cost = Cost(event["type"])
        record = sqs_record(samples.encode(event).decode(), message or f"message of {event['id']}")
        logged = self.log.tell()
        answer = wiring.build(self.stage.environ)({"Records": [record]}, None)
        assert answer == {"batchItemFailures": []}, (event["type"], self.log.getvalue()[logged:])  # noqa: S101
        line = self.log.getvalue()[logged:]
        cost.logged, cost.state = len(line.encode()), json.loads(line)["message"] if line else ""
        return cost


@contextmanager
def playing() -> Iterator[Play]:
    """An empty stack."""
    with pytest.MonkeyPatch.context() as patch, mock_aws(), redirect_stdout(io.StringIO()) as log:
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        play = Play(Meter(), Stage(), log, SimpleNamespace(now=0))

        @cache
        def client(service: str, config: Any) -> Any:  # noqa: ANN401 - as boto3's own
            made = boto3.Session().client(service, config=checked(config))  # type: ignore[call-overload] # wants literals
            play.meter.attach(made)
            return made

        patch.setattr(wiring, "boto3", SimpleNamespace(client=client))
        patch.setattr(wiring, "time", SimpleNamespace(time=lambda: play.clock.now))
        patch.setattr(wiring, "ThreadPoolExecutor", lambda _threads: SimpleNamespace(submit=inline))
        _log_to(log)
        try:
            yield play
        finally:
            _log_to(sys.__stdout__)


def _log_to(stream: Any) -> None:  # noqa: ANN401 - whatever text goes to
    """Powertools keeps the handler of a service's first Logger, and with it what standard output was then."""
    for handler in logging.getLogger(SERVICE).handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(stream)


def story(play: Play) -> Iterator[Cost]:
    """The story from the first event to the erasure, with what Billhook sends itself as it comes due."""
    agenda: list[tuple[float, str]] = [(samples.sample(name)["created"], name) for name in STORY]
    heapq.heapify(agenda)
    while agenda:
        at, name = heapq.heappop(agenda)
        known = set(play.stage.schedules())
        event = samples.sample(name) if name in STORY else json.loads(play.stage.fire(name))
        yield play.handle(event, at + DELIVERED_AFTER)
        for new, message in play.stage.schedules().items():
            if new not in known:
                heapq.heappush(agenda, (max(message["created"], at), new))
