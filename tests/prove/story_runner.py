"""Runs a delivery plan to its end: dead letters are redriven, schedules come due, and every mail is noted."""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from functions.effects import wiring
from functions.effects.mails.mailer import Mailer
from shared.effects.email import Email
from shared.inbox.outbox import OwedMail, load, progress_of
from shared.stripe_objects.event import Event, read_event
from shared.values.times import DAY
from tests.prove.delivery_plan import Delivery, DeliveryPlan, Fate, LastingFault, Pace
from tests.prove.fault_injector import FaultInjector
from tests.prove.in_flight import InFlight, LaneMessage
from tests.prove.moto_cloud import Checkpoint, Snapshot
from tests.prove.queues import Message
from tests.prove.runner import Runner
from tests.prove.scenarios import SOON

if TYPE_CHECKING:
    import pytest

HORIZON = 60 * DAY
"""In seconds. Nothing that comes due later than this after the last event is awaited."""
STEPS = 2000
"""More steps would be an endless loop."""
RECEIVES = 5
"""In place of 100: how often SQS hands out a message with a fault before it dead-letters it."""

MOST = {"effects": 100, "mails": 200}
"""maxReceiveCount in template.yaml: without a fault no message is received so often."""


@dataclass(frozen=True)
class MailOutcome:
    """A mail that was sent, or given up for the reason in `outcome`; `known` are the events committed by then."""

    mail: Email
    outcome: str
    known: tuple[Event, ...]


@dataclass(frozen=True)
class Outcome:
    """The end of a run: the cloud's contents, the mails, the events that are not done, and counts."""

    snapshot: Snapshot
    mails: tuple[MailOutcome, ...]
    unfinished: tuple[str, ...]
    counts: Counter[str]


class NotingMailer(Mailer):
    """Notes each mail that SES has taken."""

    def __init__(self, noted: list[Email], *args: Any) -> None:  # noqa: ANN401 - the mailer's own
        super().__init__(*args)
        self._noted = noted

    def send(self, mail: Email) -> str:
        """Send the mail, and note it if SES takes it."""
        outcome = super().send(mail)
        if outcome == "sent":
            self._noted.append(mail)
        return outcome


@dataclass
class StoryRunner:
    """Runs delivery plans, each on an empty cloud."""

    runner: Runner
    injector: FaultInjector
    _empty: Checkpoint = field(init=False)
    _sent: list[Email] = field(default_factory=list)

    def open(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Note each mail that SES has taken."""
        monkeypatch.setattr(wiring, "Mailer", partial(NotingMailer, self._sent))
        self.injector.open(monkeypatch)
        self._empty = self.runner.moto_cloud.checkpoint()

    def run(self, plan: DeliveryPlan) -> Outcome:
        """Run the plan from the first message to the last that comes due."""
        self.runner.moto_cloud.restore(self._empty)
        self.runner.clock.now = min(delivery.event.created for delivery in plan.deliveries)
        return _Run(self.runner, self.injector, plan, self._sent).run()


class _Run:
    """One run of a delivery plan."""

    def __init__(self, runner: Runner, injector: FaultInjector, plan: DeliveryPlan, sent: list[Email]) -> None:
        self.runner, self.injector, self.pace, self.sent = runner, injector, plan.pace, sent
        self.in_flight = InFlight(runner.clock)
        self.deliveries, self.ours = list(plan.deliveries), list(plan.ours)
        self.horizon = max(delivery.event.created for delivery in plan.deliveries) + HORIZON
        self.known = dict[str, Event]()
        self.mail_outcomes = list[MailOutcome]()
        self.given_up = set[tuple[str, str]]()
        self.counts = Counter[str]()

    def run(self) -> Outcome:
        for _step in range(STEPS):
            if not self._step():
                break
        else:
            raise AssertionError(f"no end after {STEPS} steps: {self.in_flight}")
        snapshot = self.runner.moto_cloud.snapshot()
        unfinished = tuple(key[0] for key, item in snapshot.inbox.items() if item["state"] not in {"done", "ignored"})
        return Outcome(snapshot, tuple(self.mail_outcomes), unfinished, self.counts)

    def _step(self) -> bool:
        """Redrive a dead letter, perform, or deliver the next event; return whether anything was left to do."""
        due = sorted((max(at, self.runner.clock.now), name) for name, at in self._due().items())
        told_at = self._told_at(self.deliveries[0]) if self.deliveries else None
        own = due[0] if due and (told_at is None or due[0][0] <= told_at) else None
        then = own[0] if own else told_at
        if dead := self.in_flight.redriven(self.counts["messages"], then):
            self.counts["redriven"] += 1
            self.runner.clock.now += SOON
            if isinstance(dead, Delivery):
                self._take(dead)
            return True
        if lane := self.in_flight.next(self.counts["messages"], then):
            self._work(lane, last=then is None)
        elif then is None:
            return False
        else:
            self.runner.clock.now = then
            self._take(self._own(own[1]) if own else self.deliveries.pop(0))
        return True

    def _due(self) -> dict[str, float]:
        return {name: at for name, at in self.runner.moto_cloud.due().items() if at <= self.horizon}

    def _own(self, name: str) -> Delivery:
        self.counts["our own"] += 1
        fates = self.ours.pop(0) if self.ours else ()
        return Delivery(read_event(self.runner.moto_cloud.fire(name)), *fates)

    def _told_at(self, delivery: Delivery) -> float:
        soon = self.runner.clock.now + SOON
        return soon if self.pace is Pace.AT_ONCE else max(soon, delivery.event.created + SOON)

    def _take(self, delivery: Delivery) -> None:
        """Deliver an event until its message is acknowledged or dead; SQS holds the rest of its group back."""
        self.counts["messages"] += 1
        now = self.runner.clock.now
        message = Message("events", delivery.event.model_dump_json(), f"message {self.counts['messages']}", now, now)
        fault = next(iter(delivery.events.faults), None)
        while not (acknowledged := self._receive(message, fault, delivery.event)) and message.receives < RECEIVES:
            pass
        for sent in self.runner.moto_cloud.handed_over():
            fate = delivery.effects if sent.queue == "effects" else delivery.mails
            lane = LaneMessage(self._sent_now(sent.queue, sent.body), delivery.event, fate, delivery.mails)
            self.in_flight.add(lane, self.counts["messages"])
        if not acknowledged:
            # Nothing dies without a fault: it would be redriven for ever.
            assert fault, f"{delivery.event.type} {delivery.event.id} died of nothing"
            self._dies(replace(delivery, events=delivery.events.after_redrive), delivery.events)

    def _sent_now(self, queue: Any, body: str) -> Message:  # noqa: ANN401 - a queue's name
        now = self.runner.clock.now
        self.counts["handed over"] += 1
        return Message(queue, body, f"{queue} {self.counts['handed over']}", now, now)

    def _work(self, lane: LaneMessage, *, last: bool) -> None:
        """Let the worker receive a message once."""
        fault = self.in_flight.fault(lane, self.counts["messages"], last=last)
        acknowledged = self._receive(lane.message, fault, lane.event)
        for sent in self.runner.moto_cloud.handed_over():  # the mails are handed on, or a long erasure goes on
            fate = lane.mails if sent.queue == "mails" else Fate()
            new = LaneMessage(self._sent_now(sent.queue, sent.body), lane.event, fate, lane.mails)
            self.in_flight.add(new, self.counts["messages"])
        if acknowledged:
            self.in_flight.lanes.remove(lane)
        elif lane.message.receives >= RECEIVES and (
            (fault and fault is not LastingFault.DEFERRED) or self._awaits_dead_letter(lane)
        ):
            self.in_flight.lanes.remove(lane)
            self._dies(lane, lane.fate)
        else:
            assert lane.message.receives < MOST[lane.message.queue], f"{lane} comes again for ever"

    def _awaits_dead_letter(self, lane: LaneMessage) -> bool:
        """Whether another message about the event met a fault, and the lane was given up after this one was sent."""
        holder = self.runner.moto_cloud.inbox(lane.event.id).get(f"{lane.message.queue}_holder", {})
        return bool(holder.get("failed_ms", 0) >= lane.message.sent * 1000)

    def _dies(self, dead: Delivery | LaneMessage, fate: Fate) -> None:
        self.counts["dead letters"] += 1
        self.in_flight.bury(dead, self.counts["messages"] + next(iter(fate.back), 0))

    def _receive(self, message: Message, fault: LastingFault | None, event: Event) -> bool:
        self.sent.clear()
        acknowledged = self.injector.receive(message, fault)
        self._note(event)
        return acknowledged

    def _note(self, event: Event) -> None:
        moto_cloud = self.runner.moto_cloud
        item = moto_cloud.inbox(event.id)
        if item.get("state") == "done" or "outbox" in item:
            self.known[event.id] = event
        known = tuple(self.known.values())
        self.mail_outcomes += [MailOutcome(mail, "sent", known) for mail in self.sent]
        self.counts["mails"] += len(self.sent)
        outbox = load(item.get("outbox", "[]"))
        for number, progress in progress_of(item, outbox).items():
            owed = outbox[number]
            place = (owed.partition, owed.key) if isinstance(owed, OwedMail) else None
            if place is None or progress.outcome in {None, "sent"} or place in self.given_up:
                continue
            self.given_up.add(place)
            self.counts[str(progress.outcome)] += 1
            if claim := moto_cloud.claim_of(*place):
                self.mail_outcomes.append(
                    MailOutcome(Email.model_validate_json(claim["mail"]), str(progress.outcome), known)
                )
