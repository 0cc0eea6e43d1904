"""A telling is played to its end: what died is redriven, what Billhook set itself comes due; and all is noted."""

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
from tests.prove.flight import Flight, Lane
from tests.prove.moto_cloud import Scene, StoredRecord
from tests.prove.queues import Message
from tests.prove.runner import Runner
from tests.prove.scenarios import SOON
from tests.prove.telling import Fate, Pace, Telling, Trouble, Turn
from tests.prove.troubles import Troubles

if TYPE_CHECKING:
    import pytest

HORIZON = 60 * DAY
"""What comes due later than this after the last event is not waited for."""
STEPS = 2000
"""More would be a circle."""
RECEIVES = 5
"""In place of 100: so often a message is received in its trouble before SQS moves it to the dead-letter queue."""

MOST = {"effects": 100, "mails": 200}
"""As template.yaml has it: without a trouble no message is received as often."""


@dataclass(frozen=True)
class Told:
    """A mail that was sent, or given up for the reason in `outcome`, and the events that were committed by then."""

    mail: Email
    outcome: str
    known: tuple[Event, ...]


@dataclass(frozen=True)
class Outcome:
    """How a telling ended."""

    scene: Scene
    mails: tuple[Told, ...]
    unfinished: tuple[str, ...]
    counts: Counter[str]


class NotingMailer(Mailer):
    """Notes each mail that SES has taken."""

    def __init__(self, noted: list[Email], *args: Any) -> None:  # noqa: ANN401 - the mailer's own
        super().__init__(*args)
        self._noted = noted

    def send(self, mail: Email) -> str:
        """As the mailer does."""
        outcome = super().send(mail)
        if outcome == "sent":
            self._noted.append(mail)
        return outcome


@dataclass
class Company:
    """Plays tellings in a theatre, each on an empty stage."""

    runner: Runner
    troubles: Troubles
    _empty: StoredRecord = field(init=False)
    _sent: list[Email] = field(default_factory=list)

    def open(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Note each mail that SES has taken."""
        monkeypatch.setattr(wiring, "Mailer", partial(NotingMailer, self._sent))
        self.troubles.open(monkeypatch)
        self._empty = self.runner.moto_cloud.keep()

    def play(self, telling: Telling) -> Outcome:
        """From the first message to the last that comes due."""
        self.runner.moto_cloud.put_back(self._empty)
        self.runner.clock.now = min(turn.event.created for turn in telling.turns)
        return _Run(self.runner, self.troubles, telling, self._sent).play()


class _Run:
    """One telling on its way."""

    def __init__(self, runner: Runner, troubles: Troubles, telling: Telling, sent: list[Email]) -> None:
        self.runner, self.troubles, self.pace, self.sent = runner, troubles, telling.pace, sent
        self.flight = Flight(runner.clock)
        self.turns, self.ours = list(telling.turns), list(telling.ours)
        self.horizon = max(turn.event.created for turn in telling.turns) + HORIZON
        self.known = dict[str, Event]()
        self.told = list[Told]()
        self.given_up = set[tuple[str, str]]()
        self.counts = Counter[str]()

    def play(self) -> Outcome:
        for _step in range(STEPS):
            if not self._step():
                break
        else:
            raise AssertionError(f"no end after {STEPS} steps: {self.flight}")
        scene = self.runner.moto_cloud.look()
        unfinished = tuple(key[0] for key, item in scene.inbox.items() if item["state"] not in {"done", "ignored"})
        return Outcome(scene, tuple(self.told), unfinished, self.counts)

    def _step(self) -> bool:
        """Whether anything was left to do: to redrive a dead letter, to perform, or to deliver the next event."""
        due = sorted((max(at, self.runner.clock.now), name) for name, at in self._due().items())
        told_at = self._told_at(self.turns[0]) if self.turns else None
        own = due[0] if due and (told_at is None or due[0][0] <= told_at) else None
        then = own[0] if own else told_at
        if dead := self.flight.redriven(self.counts["messages"], then):
            self.counts["redriven"] += 1
            self.runner.clock.now += SOON
            if isinstance(dead, Turn):
                self._take(dead)
            return True
        if lane := self.flight.next(self.counts["messages"], then):
            self._work(lane, last=then is None)
        elif then is None:
            return False
        else:
            self.runner.clock.now = then
            self._take(self._own(own[1]) if own else self.turns.pop(0))
        return True

    def _due(self) -> dict[str, float]:
        return {name: at for name, at in self.runner.moto_cloud.due().items() if at <= self.horizon}

    def _own(self, name: str) -> Turn:
        self.counts["our own"] += 1
        fates = self.ours.pop(0) if self.ours else ()
        return Turn(read_event(self.runner.moto_cloud.fire(name)), *fates)

    def _told_at(self, turn: Turn) -> float:
        soon = self.runner.clock.now + SOON
        return soon if self.pace is Pace.AT_ONCE else max(soon, turn.event.created + SOON)

    def _take(self, turn: Turn) -> None:
        """Deliver an event until its message is acknowledged or dead; nothing else of its group moves meanwhile."""
        self.counts["messages"] += 1
        now = self.runner.clock.now
        message = Message("events", turn.event.model_dump_json(), f"message {self.counts['messages']}", now, now)
        trouble = next(iter(turn.events.troubles), None)
        while not (acknowledged := self._receive(message, trouble, turn.event)) and message.receives < RECEIVES:
            pass
        for sent in self.runner.moto_cloud.handed_over():
            fate = turn.effects if sent.queue == "effects" else turn.mails
            lane = Lane(self._sent_now(sent.queue, sent.body), turn.event, fate, turn.mails)
            self.flight.add(lane, self.counts["messages"])
        if not acknowledged:
            # Of itself nothing dies: without a trouble it would be redriven for ever.
            assert trouble, f"{turn.event.type} {turn.event.id} died of nothing"
            self._dies(replace(turn, events=turn.events.after_redrive), turn.events)

    def _sent_now(self, queue: Any, body: str) -> Message:  # noqa: ANN401 - a queue's name
        now = self.runner.clock.now
        self.counts["handed over"] += 1
        return Message(queue, body, f"{queue} {self.counts['handed over']}", now, now)

    def _work(self, lane: Lane, *, last: bool) -> None:
        """Let the worker receive a message once."""
        trouble = self.flight.trouble(lane, self.counts["messages"], last=last)
        acknowledged = self._receive(lane.message, trouble, lane.event)
        for sent in self.runner.moto_cloud.handed_over():  # the mails are handed on, or a long erasure goes on
            fate = lane.mails if sent.queue == "mails" else Fate()
            new = Lane(self._sent_now(sent.queue, sent.body), lane.event, fate, lane.mails)
            self.flight.add(new, self.counts["messages"])
        if acknowledged:
            self.flight.lanes.remove(lane)
        elif trouble and trouble is not Trouble.DEFERRED and lane.message.receives >= RECEIVES:
            self.flight.lanes.remove(lane)
            self._dies(lane, lane.fate)
        else:
            assert lane.message.receives < MOST[lane.message.queue], f"{lane} comes again for ever"

    def _dies(self, dead: Turn | Lane, fate: Fate) -> None:
        self.counts["dead letters"] += 1
        self.flight.bury(dead, self.counts["messages"] + fate.back[0])

    def _receive(self, message: Message, trouble: Trouble | None, event: Event) -> bool:
        self.sent.clear()
        acknowledged = self.troubles.receive(message, trouble)
        self._note(event)
        return acknowledged

    def _note(self, event: Event) -> None:
        moto_cloud = self.runner.moto_cloud
        item = moto_cloud.inbox(event.id)
        if item.get("state") == "done" or "outbox" in item:
            self.known[event.id] = event
        known = tuple(self.known.values())
        self.told += [Told(mail, "sent", known) for mail in self.sent]
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
                self.told.append(Told(Email.model_validate_json(claim["mail"]), str(progress.outcome), known))
