"""A telling is played to its end: what died is redriven, what Billhook set itself comes due; and all is noted."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.consumer import wiring
from functions.effects.mailer import mailer
from shared.effects import DAY, Email
from shared.event import Event, read_event
from shared.inbox.outbox import OwedMail, load
from tests.prove.plays import SOON
from tests.prove.stage import Kept, Scene
from tests.prove.telling import Pace, Telling, Turn
from tests.prove.theatre import Theatre
from tests.prove.troubles import Queue

if TYPE_CHECKING:
    import pytest

KEPT = 13 * DAY
"""An engineer redrives before the dead-letter queue forgets, which is after 14 days."""
HORIZON = 60 * DAY
"""What comes due later than this after the last event is not waited for."""
TURNS = 200
"""More would be a circle."""


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


@dataclass(frozen=True)
class _DeadLetter:
    turn: Turn
    redrive_after: int
    died_at: float


@dataclass
class Company:
    """Plays tellings in a theatre, each on an empty stage."""

    theatre: Theatre
    queue: Queue
    _empty: Kept = field(init=False)
    _sent: list[Email] = field(default_factory=list)

    def open(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Note each mail that SES has taken."""

        def noting(*args: Any) -> Callable[[Email], str]:  # noqa: ANN401 - the mailer's own
            send = mailer(*args)

            def send_and_note(mail: Email) -> str:
                outcome = send(mail)
                self._sent.append(mail)
                return outcome

            return send_and_note

        monkeypatch.setattr(wiring, "mailer", noting)
        self.queue.open(monkeypatch)
        self._empty = self.theatre.stage.keep()

    def play(self, telling: Telling) -> Outcome:
        """From the first message to the last that comes due."""
        self.theatre.stage.put_back(self._empty)
        self.theatre.clock.now = min(turn.event.created for turn in telling.turns)
        return _Run(self.theatre, self.queue, telling, self._sent).play()


class _Run:
    """One telling on its way."""

    def __init__(self, theatre: Theatre, queue: Queue, telling: Telling, sent: list[Email]) -> None:
        self.theatre, self.queue, self.pace, self.sent = theatre, queue, telling.pace, sent
        self.waiting, self.ours = list(telling.turns), list(telling.ours)
        self.horizon = max(turn.event.created for turn in telling.turns) + HORIZON
        self.dead = list[_DeadLetter]()
        self.known = dict[str, Event]()
        self.told = list[Told]()
        self.given_up = set[tuple[str, str]]()
        self.counts = Counter[str]()

    def play(self) -> Outcome:
        for _turn in range(TURNS):
            turn = self._next()
            if turn is None:
                break
            self._take(turn)
        else:
            raise AssertionError(f"no end after {TURNS} messages")
        scene = self.theatre.stage.look()
        unfinished = tuple(key[0] for key, item in scene.inbox.items() if item["state"] not in {"done", "ignored"})
        return Outcome(scene, tuple(self.told), unfinished, self.counts)

    def _next(self) -> Turn | None:
        """A dead letter whose time has come, else the next message: a story's, or our own if it is due before that."""
        clock = self.theatre.clock
        redriven = next((dead for dead in self.dead if dead.redrive_after <= self.counts["messages"]), None)
        due = sorted((max(at, clock.now), name) for name, at in self.theatre.stage.due().items() if at <= self.horizon)
        told_at = self._told_at(self.waiting[0]) if self.waiting else None
        own = due[0] if due and (told_at is None or due[0][0] <= told_at) else None
        then = own[0] if own else told_at
        oldest = self.dead[0] if self.dead and (then is None or then > self.dead[0].died_at + KEPT) else None
        if dead := redriven or oldest:
            self.dead.remove(dead)
            self.counts["redriven"] += 1
            return dead.turn
        if then is None:
            return None
        clock.now = then
        if own is None:
            return self.waiting.pop(0)
        self.counts["our own"] += 1
        fate = self.ours.pop(0) if self.ours else ((), ())
        return Turn(read_event(self.theatre.stage.fire(own[1])), *fate)

    def _told_at(self, turn: Turn) -> float:
        soon = self.theatre.clock.now + SOON
        return soon if self.pace is Pace.AT_ONCE else max(soon, turn.event.created + SOON)

    def _take(self, turn: Turn) -> None:
        self.sent.clear()
        self.counts["messages"] += 1
        trouble = turn.troubles[0] if turn.troubles else None
        acknowledged = self.queue.deliver(turn.event.model_dump_json(), trouble)
        self._note(turn.event)
        if not acknowledged:
            self.counts["dead letters"] += 1
            again = Turn(turn.event, turn.troubles[1:], turn.back[1:])
            # Of itself nothing dies: without a trouble it would be redriven for ever.
            assert turn.troubles, f"{turn.event.type} {turn.event.id} died of nothing"
            self.dead.append(_DeadLetter(again, self.counts["messages"] + turn.back[0], self.theatre.clock.now))

    def _note(self, event: Event) -> None:
        stage = self.theatre.stage
        item = stage.inbox(event.id)
        if item.get("state") == "done" or "outbox" in item:
            self.known[event.id] = event
        known = tuple(self.known.values())
        self.told += [Told(mail, "sent", known) for mail in self.sent]
        self.counts["mails"] += len(self.sent)
        for owed in load(item.get("outbox", "[]")):
            place = (owed.partition, owed.key) if isinstance(owed, OwedMail) else None
            if place is None or owed.outcome in {None, "sent"} or place in self.given_up:
                continue
            self.given_up.add(place)
            self.counts[str(owed.outcome)] += 1
            claim = stage.claim_of(*place)
            if claim:
                self.told.append(Told(Email.model_validate_json(claim["mail"]), str(owed.outcome), known))
