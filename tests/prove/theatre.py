"""A message is played until it is acknowledged, in a new process whenever one is stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import botocore.endpoint
from botocore.config import Config
from botocore.retries.quota import RetryQuota

from functions.consumer import wiring
from functions.effects.perform import inline
from tests.consumer.world import Clock, sqs_record
from tests.prove.stage import Stage
from tests.prove.wire import Point, PowerCut, Wire
from tests.support.checked import checked

if TYPE_CHECKING:
    import pytest

VISIBILITY = 180
"""After how many seconds SQS hands out again what a stopped process had, as template.yaml has it."""

DELIVERIES = 3
"""A fault takes the first; the second may find the lease held. More would be a circle."""


@dataclass(frozen=True)
class Act:
    """A message, and when it is first handed out, in epoch seconds."""

    name: str
    handler: str
    body: str
    at: float


@dataclass
class Theatre:
    """The real composition root on moto, with a clock that moves only when SQS waits."""

    stage: Stage
    clock: Clock = field(default_factory=Clock)
    wire: Wire = field(init=False)

    def __post_init__(self) -> None:
        self.wire = Wire(self.stage.announced)

    def open(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Have `wiring.build` see this wire and this clock; clients hold nothing of an event, so each is made once."""

        @cache
        def client(service: str, config: Config) -> Any:  # noqa: ANN401 - as boto3's own
            made = boto3.Session().client(service, config=checked(config))  # type: ignore[call-overload] # a literal, it asks for
            self.wire.attach(made)
            return made

        monkeypatch.setattr(wiring, "boto3", SimpleNamespace(client=client))
        monkeypatch.setattr(wiring, "time", SimpleNamespace(time=self.clock))
        monkeypatch.setattr(wiring, "ThreadPoolExecutor", lambda _threads: SimpleNamespace(submit=inline))
        # The SDK's own retries are real, but for their pauses and the quota that all processes here would share.
        monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
        monkeypatch.setattr(RetryQuota, "acquire", lambda _self, _amount: True)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Play something that has not happened afterwards."""
        before, now = self.stage.keep(), self.clock.now
        yield
        self.stage.put_back(before)
        self.clock.now = now

    def play(self, act: Act, break_at: Point | None = None) -> tuple[str, ...]:
        """Hand the message out until it is acknowledged; the calls that the consumer made."""
        self.clock.now = act.at
        self.wire.expect(break_at)
        record = sqs_record(act.body, f"message of {act.name}")
        handler = wiring.build(self.stage.environ)
        for _delivery in range(DELIVERIES):
            record["attributes"]["ApproximateFirstReceiveTimestamp"] = str(int(act.at * 1000))
            try:
                if not handler({"Records": [record]}, None)["batchItemFailures"]:
                    return tuple(self.wire.calls)
                self.clock.now += self.wire.visible_after
            except PowerCut:
                self.clock.now += VISIBILITY
                handler = wiring.build(self.stage.environ)
        raise AssertionError(f"{act.name} is not acknowledged after {DELIVERIES} deliveries: {self.wire.calls}")
