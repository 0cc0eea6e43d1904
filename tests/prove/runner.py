"""A message is played until it and all that follows from it are acknowledged, in a new process whenever one stops."""

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
from tests.prove.moto_cloud import WORKERS_LEASE, MotoCloud, Queue
from tests.prove.queues import VISIBILITY, Message
from tests.prove.wire import Point, PowerCut, Wire
from tests.support.checked import checked

if TYPE_CHECKING:
    import pytest

RECEIVES: Mapping[Queue, int] = {"events": 3, "effects": 4, "mails": 12}
"""More would be a circle: a fault takes one receive, a lease another; a mail may wait for its export meanwhile."""

type Function = Callable[[Mapping[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True)
class Act:
    """A message, and when it is first handed out, in epoch seconds."""

    name: str
    handler: str
    body: str
    at: float


class Context:
    """Lambda's, at the beginning of an invocation of the worker."""

    def get_remaining_time_in_millis(self) -> int:
        """The worker's whole time-out."""
        return 60_000


class Processes:
    """A consumer and a worker as Lambda runs them: a process goes on with the next message until it is stopped."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._running: dict[bool, Function] = {}

    def of(self, queue: Queue) -> Function:
        """The function that receives from a queue; both lanes have the same one."""
        consumer = queue == "events"
        if consumer not in self._running:
            own = {} if consumer else WORKERS_LEASE
            build: Callable[[Mapping[str, str]], Any] = wiring.build if consumer else effects_wiring.build
            self._running[consumer] = build({**self._environ, **own})
        return self._running[consumer]

    def stopped(self, queue: Queue) -> None:
        """The process that receives from a queue is no more."""
        del self._running[queue == "events"]


@dataclass
class Runner:
    """The real composition roots on moto, with a clock that moves only when SQS waits."""

    moto_cloud: MotoCloud
    clock: Clock = field(default_factory=Clock)
    wire: Wire = field(init=False)
    at_stripe: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What Stripe shows when the worker asks, by id."""

    def __post_init__(self) -> None:
        self.wire = Wire(self.moto_cloud)
        self.wire.others = self._others
        self._played: list[Message] = []
        self.waiting: list[Message] = []
        self.first_calls: list[int] = []
        """Which calls of the last play were the first ones of an invocation."""

    def open(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Have both `build` see this wire and this clock; clients hold nothing of an event, so each is made once."""

        @cache
        def client(service: str, config: Config) -> Any:  # noqa: ANN401 - as boto3's own
            made = boto3.Session().client(service, config=checked(config))  # type: ignore[call-overload] # a literal, it asks for
            self.wire.attach(made)
            return made

        for root in (wiring, effects_wiring):
            monkeypatch.setattr(root, "boto3", SimpleNamespace(client=client))
            monkeypatch.setattr(root, "time", SimpleNamespace(time=self.clock, sleep=lambda _seconds: None))
        monkeypatch.setattr(effects_wiring, "random", SimpleNamespace(uniform=lambda _least, most: most))
        monkeypatch.setattr(observer, "_read", lambda _api, effect: self.at_stripe.get(effect.id))
        # The SDK's own retries are real, but for their pauses and the quota that all processes here would share.
        monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
        monkeypatch.setattr(RetryQuota, "acquire", lambda _self, _amount: True)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Play something that has not happened afterwards."""
        before, now = self.moto_cloud.keep(), self.clock.now
        yield
        self.moto_cloud.put_back(before)
        self.clock.now = now

    def play(self, act: Act, break_at: Point | None = None) -> tuple[str, ...]:
        """Hand the message out, and what follows, until all is acknowledged; the calls of consumer and worker."""
        self._begin(act, break_at)
        self._play_on(act.name)
        return tuple(self.wire.calls)

    def consume(self, act: Act) -> None:
        """Hand the message to the consumer once, while no worker is there; it must be acknowledged."""
        self._begin(act)
        message = self.waiting.pop()
        assert self.receive(message, Processes(self.moto_cloud.environ)), act.name
        self._await_what_followed()

    def work(self, at: float) -> None:
        """Let a worker receive what waits since `consume`, from epoch seconds `at` on, until all is acknowledged."""
        self.clock.now = at
        self._play_on("what waited")

    def _begin(self, act: Act, break_at: Point | None = None) -> None:
        self.clock.now = act.at
        self.wire.expect(break_at)
        first = Message("events", act.body, f"message of {act.name}", act.at, act.at)
        self._played, self.waiting, self.first_calls = [first], [first], []

    def _play_on(self, name: str) -> None:
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
        """Hand the message out once; whether it is acknowledged."""
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
            name = f"message {len(self._played)} of {sent.queue}"
            new.append(Message(sent.queue, sent.body, name, self.clock.now, self.clock.now))
            self._played += new[-1:]
        self.waiting += new
        return new

    def _others(self) -> None:
        """Others receive every message that was sent so far, each once, while its first receiver is still at work.

        A message that is acknowledged comes again, too: Stripe sends an event twice, and so may SQS.
        """
        processes = Processes(self.moto_cloud.environ)
        self._await_what_followed()
        again = [replace(one, visible=self.clock.now) for one in self._played]
        while again:
            message = again.pop(0)
            if not self.receive(message, processes):
                self.waiting.append(message)
            again += [replace(one) for one in self._await_what_followed()]
