"""The real consumer and worker on moto, with a canary for everything personal, and all their output."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3

from functions.consumer import wiring
from functions.effects import wiring as effects_wiring
from functions.effects.perform import observer
from shared.runtime.logger import make_logger
from tests.consumer.examples import NOW
from tests.leaks.canaries import Canaries
from tests.leaks.captured_output import call
from tests.leaks.faults import FAULTS, Fault, FaultyCalls
from tests.prove.moto_cloud import MotoCloud, Sent
from tests.prove.moto_settings import WORKERS_LEASE
from tests.prove.queues import Message
from tests.prove.runner import Context, Runner

if TYPE_CHECKING:
    import pytest

EVER = 10
"""More calls than follow a failed one: those record the failure, and set when SQS delivers the message again."""
EVERY_FAULT = [(fault, lasting) for fault in FAULTS for lasting in (1, EVER)]
DECIDED = frozenset({"done", "committed", "ignored"})


@dataclass
class System:
    """Consumer and worker, created within `mock_aws`; their settings and secrets are canaries, too."""

    canaries: Canaries = field(default_factory=Canaries)
    said: list[str] = field(default_factory=list)
    """The output of each delivery, and the inbox after it."""
    not_before: int = 0
    """The time that the clock has reached, in epoch seconds; a delivery of an older event comes later than that."""

    def __post_init__(self) -> None:
        self.runner = Runner(MotoCloud())
        self.faulty_calls = FaultyCalls(self.canaries)
        self.moto_cloud = self.runner.moto_cloud
        sender = f"{self.canaries.new('the sender')}@example.com"
        boto3.client("sesv2").create_email_identity(EmailIdentity=sender)
        self.keep_secret("TOKEN_KEY_ID", self.canaries.new("the key of tokens"))
        self.moto_cloud.environ |= {
            "BUSINESS_NAME": self.canaries.new("the business"),
            "OPERATOR_ADDRESS": f"{self.canaries.new('the operator')}@example.com",
            "MAIL_SENDER": sender,
        }
        self._empty, self._settings = self.moto_cloud.checkpoint(), len(self.canaries)

    def begin(self) -> None:
        """Return to the initial state: a new system takes longer than most tests."""
        self.moto_cloud.restore(self._empty)
        self.canaries.forget_from(self._settings)
        self.not_before = 0
        self.keep_secret("STRIPE_KEY_ID", "none")
        self.said.clear()

    def open(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Give both `build` the runner's clients, the faults and a logger of their own."""
        read_at_stripe = vars(observer)["look_up"]  # the runner replaces it by a Stripe that cannot fail
        self.runner.open(monkeypatch)
        monkeypatch.setattr(observer, "look_up", read_at_stripe)
        make: Callable[..., Any] = vars(wiring)["boto3"].client
        attached = set[int]()

        def client(service: str, config: object) -> Any:  # noqa: ANN401 - as boto3's own
            made = make(service, config=config)
            if id(made) not in attached:
                attached.add(id(made))
                made.meta.events.register_last("before-call", self.faulty_calls)
            return made

        for root in (wiring, effects_wiring):
            monkeypatch.setattr(root, "boto3", SimpleNamespace(client=client))
            # Powertools keeps one logger for each service, and with it the output of the test that came first.
            monkeypatch.setattr(root, "make_logger", lambda service: make_logger(f"{service}-{uuid4().hex}"))

    def keep_secret(self, setting: str, value: str) -> None:
        """Store `value` in the secret that `setting` names."""
        boto3.client("secretsmanager").put_secret_value(SecretId=self.moto_cloud.environ[setting], SecretString=value)

    def deliver(self, event: object, fault: Fault | None = None, first: int = 0, lasting: int = 1) -> str:
        """Deliver `event` to the consumer once, with the fault from call `first` on; return the state in the log."""
        created = event.get("created") if isinstance(event, dict) else None
        self.runner.clock.now = max((created if isinstance(created, int) else NOW) + 5, self.not_before)
        body = event if isinstance(event, str) else json.dumps(event)
        message = Message("events", body, "message-1", self.runner.clock.now, self.runner.clock.now)
        self.faulty_calls.expect(fault, first, lasting)
        return self._hand_out(wiring.build, message)

    def perform(self, owed: Sent, fault: Fault | None = None, first: int = 0, lasting: int = 1) -> str:
        """Deliver a lane's message to the worker once, likewise; a mail does not get the export that it waits for."""
        message = Message(owed.queue, owed.body, "message-2", self.runner.clock.now, self.runner.clock.now)
        self.faulty_calls.expect(fault, first, lasting)
        return self._hand_out(effects_wiring.build, message, WORKERS_LEASE)

    def settle(self, event: object) -> list[str]:
        """Deliver `event` and perform all that it owes, without a fault; return the states in the log."""
        states = [self.deliver(event)]
        while waiting := self.moto_cloud.handed_over():
            states += map(self.perform, waiting)
        return states

    def _hand_out(self, build: Any, message: Message, environ: Mapping[str, str] = {}) -> str:  # noqa: ANN401 - one of two
        records = [message.received(self.runner.clock.now)]
        _, said = call(partial(build, {**self.moto_cloud.environ, **environ}), {"Records": records}, Context())
        self.said += [said, self._inbox()]
        lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        return next((str(line["message"]) for line in lines if "message_id" in line), "silent")

    def leaks(self) -> set[str]:
        """The names of all canaries in the output."""
        return set[str]().union(*map(self.canaries.heard_in, self.said))

    def each_call(self, event: object, choose: Callable[[int], Iterable[tuple[Fault, int]]]) -> None:
        """Deliver `event` twice without a fault; then anew, once for each fault that is chosen for each call.

        The faults strike first the consumer's calls, then the worker's calls at each message handed over.
        """
        before = self.moto_cloud.checkpoint()
        assert self.deliver(event) in DECIDED
        calls = len(self.faulty_calls.calls)
        assert self.deliver(event) in {"duplicate", "handed over", "ignored"}
        for point in range(calls):
            for fault, lasting in choose(point):
                self.moto_cloud.restore(before)
                self.deliver(event, fault, point, lasting)
        self.moto_cloud.restore(before)
        self.deliver(event)
        waiting = self.moto_cloud.handed_over()
        while waiting:
            owed = waiting.pop(0)
            committed = self.moto_cloud.checkpoint()
            assert (state := self.perform(owed)) in {"performed", "waits"}, (state, self.said[-2])
            for point in range(len(self.faulty_calls.calls)):
                for fault, lasting in choose(point):
                    self.moto_cloud.restore(committed)
                    self.perform(owed, fault, point, lasting)
            self.moto_cloud.restore(committed)
            self.perform(owed)
            waiting += self.moto_cloud.handed_over()
        self.moto_cloud.restore(before)

    def _inbox(self) -> str:
        """All that the inbox says, but for what is yet to be announced: that is the business's own."""
        items = [dict(item) for item in self.moto_cloud.snapshot().inbox.values()]
        for item in items:
            outbox = json.loads(item.get("outbox", "[]"))
            item["outbox"] = [{name: owed[name] for name in owed.keys() - {"announcements"}} for owed in outbox]
        return json.dumps(items, default=str)
