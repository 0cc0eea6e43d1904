"""Runs a message and all that follow from it until SQS has every acknowledgement; stopped processes are replaced."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import botocore.endpoint
from botocore.config import Config
from botocore.retries.quota import RetryQuota

from functions.consumer import wiring
from functions.effects import wiring as effects_wiring
from functions.effects.perform import observer
from tests.consumer.world import Clock
from tests.prove.moto_cloud import MotoCloud, Queue
from tests.prove.moto_settings import WORKERS_LEASE
from tests.prove.queues import VISIBILITY, Message
from tests.prove.wire import Point, PowerCut, Wire
from tests.support.checked import checked

if TYPE_CHECKING:
    import pytest

RECEIVES: Mapping[Queue, int] = {"events": 3, "effects": 4, "mails": 12}
"""More would be an endless loop: a fault costs one receive, a lease another, and a mail may wait for its export."""

type Function = Callable[[Mapping[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True)
class Arrival:
    """A message of the events queue, and the time of its first delivery in epoch seconds."""

    name: str
    handler: str
    body: str
    at: float


class Context:
    """Lambda's context at the beginning of an invocation of the worker."""

    def get_remaining_time_in_millis(self) -> int:
        """The worker's whole time-out, in milliseconds."""
        return 60_000


class Processes:
    """A consumer and a worker as Lambda runs them: one process takes message after message until it is stopped."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._running: dict[bool, Function] = {}

    def of(self, queue: Queue) -> Function:
        """The function that receives from a queue; both lanes share one."""
        consumer = queue == "events"
        if consumer not in self._running:
            own = {} if consumer else WORKERS_LEASE
            build: Callable[[Mapping[str, str]], Any] = wiring.build if consumer else effects_wiring.build
            self._running[consumer] = build({**self._environ, **own})
        return self._running[consumer]

    def stopped(self, queue: Queue) -> None:
        """Drop the process that receives from a queue."""
        del self._running[queue == "events"]


@dataclass
class Runner:
    """The real composition roots on moto, with a clock that moves only when SQS waits."""

    moto_cloud: MotoCloud
    clock: Clock = field(default_factory=Clock)
    wire: Wire = field(init=False)
    at_stripe: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The objects that Stripe returns to the worker, by id."""

    def __post_init__(self) -> None:
        self.wire = Wire(self.moto_cloud)
        self.wire.others = self._others
        self._messages: list[Message] = []
        self.waiting: list[Message] = []
        self.first_calls: list[int] = []
        """The numbers of the calls in the last run that were the first of an invocation."""

    def open(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Give both `build` this wire and this clock. Clients hold nothing of an event: each is made once."""

        @cache
        def client(service: str, config: Config) -> Any:  # noqa: ANN401 - as boto3's own
            made = boto3.Session().client(service, config=checked(config))  # type: ignore[call-overload] # a literal, it asks for
            self.wire.attach(made)
            return made

        for root in (wiring, effects_wiring):
            monkeypatch.setattr(root, "boto3", SimpleNamespace(client=client))
            monkeypatch.setattr(root, "time", SimpleNamespace(time=self.clock, sleep=lambda _seconds: None))
        monkeypatch.setattr(effects_wiring, "random", SimpleNamespace(uniform=lambda _least, most: most))
        monkeypatch.setattr(observer, "look_up", lambda _api, effect: self.at_stripe.get(effect.id))
        # The SDK's retries are real, without their pauses and without the quota that all processes here would share.
        monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
        monkeypatch.setattr(RetryQuota, "acquire", lambda _self, _amount: True)

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Undo everything that happens within the block."""
        before, now = self.moto_cloud.checkpoint(), self.clock.now
        yield
        self.moto_cloud.restore(before)
        self.clock.now = now

    def run(self, arrival: Arrival, break_at: Point | None = None) -> tuple[str, ...]:
        """Deliver the message and all that follow until each is acknowledged; return their calls."""
        self._begin(arrival, break_at)
        self._run_until_acknowledged(arrival.name)
        return tuple(self.wire.calls)

    def consume(self, arrival: Arrival) -> None:
        """Deliver the message to the consumer once, without a worker; the consumer must acknowledge it."""
        self._begin(arrival)
        message = self.waiting.pop()
        assert self.receive(message, Processes(self.moto_cloud.environ)), arrival.name
        self._await_what_followed()

    def work(self, at: float) -> None:
        """Run a worker on the messages that `consume` left, from epoch seconds `at` on, until each is acknowledged."""
        self.clock.now = at
        self._run_until_acknowledged("what waited")

    def _begin(self, arrival: Arrival, break_at: Point | None = None) -> None:
        self.clock.now = arrival.at
        self.wire.expect(break_at)
        first = Message("events", arrival.body, f"message of {arrival.name}", arrival.at, arrival.at)
        self._messages, self.waiting, self.first_calls = [first], [first], []

    def _run_until_acknowledged(self, name: str) -> None:
        processes = Processes(self.moto_cloud.environ)
        while self.waiting:
            message = min(self.waiting, key=lambda one: one.visible)
            self.first_calls.append(len(self.wire.calls))
            if self.receive(message, processes):
                self.waiting.remove(message)
            most = RECEIVES[message.queue]
            assert message.receives <= most, f"{name}: {message} is not acknowledged: {self.wire.calls}"
            self._await_what_followed()

    def receive(self, message: Message, processes: Processes) -> bool:
        """Deliver the message once; return whether it is acknowledged."""
        self.clock.now = max(self.clock.now, message.visible)
        self.wire.visible_after = None
        function = processes.of(message.queue)
        try:
            back = function({"Records": [message.received(self.clock.now)]}, Context())["batchItemFailures"]
        except PowerCut:
            processes.stopped(message.queue)
            back, self.wire.visible_after = True, None
        after = self.wire.visible_after
        message.visible = self.clock.now + (VISIBILITY[message.queue] if after is None else after)
        return not back

    def _await_what_followed(self) -> list[Message]:
        new = []
        for sent in self.moto_cloud.handed_over():
            name = f"message {len(self._messages)} of {sent.queue}"
            new.append(Message(sent.queue, sent.body, name, self.clock.now, self.clock.now))
            self._messages += new[-1:]
        self.waiting += new
        return new

    def _others(self) -> None:
        """Other processes receive every message sent so far, each once, while the first receiver is still at work.

        Acknowledged messages come again, too: Stripe may send an event twice, and SQS may deliver a message twice.
        """
        processes = Processes(self.moto_cloud.environ)
        self._await_what_followed()
        again = [replace(one, visible=self.clock.now) for one in self._messages]
        while again:
            message = again.pop(0)
            if not self.receive(message, processes):
                self.waiting.append(message)
            again += [replace(one) for one in self._await_what_followed()]
