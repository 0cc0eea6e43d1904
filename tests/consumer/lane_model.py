"""What one lane of an outbox must come to, turn by turn: a model that knows neither DynamoDB nor its conditions."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Literal

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from functions.effects.lane.lease import Leased, NothingOwed
from functions.effects.lane.progress import FencedError
from functions.effects.lane.retry import FIRST_PAUSE
from shared.failures.backoff import SERVICE
from shared.inbox.lanes import Lane
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere
from shared.values.times import HOUR
from tests.consumer.faults import Crash

ATTEMPTS = 2
"""Of consumers and workers alike while the machine runs, so that short runs use them up."""

type Trouble = Literal["none", "later", "never", "dies"]
"""Of a service: it takes the effect, fails for now, refuses for good; or the worker dies before it has asked."""
type Fault = Literal["none", "lost once", "unheard", "cut", "dies before", "dies after"]
"""Of a write: its answer is lost once or for good, it is never sent, or the worker dies around it."""

RAISES: dict[Fault, type[BaseException]] = {
    "unheard": ReadTimeoutError,
    "cut": EndpointConnectionError,
    "dies before": Crash,
    "dies after": Crash,
}
UNAPPLIED = frozenset({"cut", "dies before"})


@dataclass(frozen=True)
class Entry:
    """How far one effect is; `done` once it has an outcome."""

    done: bool = False
    attempts: int = 0
    not_before: int = 0
    failed_ms: int | None = None

    def after(self, trouble: Trouble, lane: Lane, now: int) -> "Entry":
        """Itself, tried once more at epoch seconds `now`; a mail is tried until it expires."""
        tried = self.attempts + 1
        if trouble == "none":
            return Entry(done=True)
        if trouble == "later" and lane == "mails":
            return Entry(attempts=tried, not_before=now + min(FIRST_PAUSE * 2**self.attempts, HOUR))
        if trouble == "later" and tried < ATTEMPTS:
            return Entry(attempts=tried, not_before=now + SERVICE[tried - 1])
        return Entry(attempts=tried, failed_ms=now * 1000)


@dataclass
class Plan:
    """What is to go wrong in a turn: with each effect in turn, and with the write number `at`, counted from 0."""

    troubles: list[Trouble]
    fault: Fault = "none"
    at: int = 0


@dataclass
class LaneModel:
    """A lane that owes something. `effects` counts how often each was performed, `unmarked` how often unrecorded."""

    lane: Lane
    entries: dict[int, Entry]
    holder: str = ""
    lease_until: float = 0
    failed_ms: int | None = None
    finished: bool = False
    effects: Counter[int] = field(default_factory=Counter)
    unmarked: Counter[int] = field(default_factory=Counter)

    def answer(self, now: float, sent_ms: int) -> type:
        """What a worker's claim must come to, by a message that was sent at `sent_ms`."""
        if self.finished:
            return NothingOwed
        if self.lease_until > now:
            return LeasedElsewhere
        return AwaitingDeadLetter if self.failed_ms is not None and self.failed_ms >= sent_ms else Leased

    def is_leased(self, token: str, until: float) -> None:
        self.holder, self.lease_until, self.failed_ms = token, until, None

    def turn(self, token: str, known: dict[int, Entry], sent_ms: int, now: int, plan: Plan) -> type | None:
        """One turn of a worker that leased the entries when they were as `known`; what it must raise, if anything."""
        seen = {place: _afresh(entry, sent_ms) for place, entry in known.items()}
        unwritten: dict[int, Entry] = {}
        performed: list[int] = []
        writes, troubles = 0, list(plan.troubles)
        for place, entry in seen.items():
            if entry.done or entry.failed_ms is not None or entry.not_before > now:
                continue
            if self.lane == "mails" and unwritten:  # a mail cannot be repeated: earlier outcomes are written first
                if raised := self._write(token, unwritten, performed, plan.fault if writes == plan.at else "none"):
                    return raised
                writes, unwritten, performed = writes + 1, {}, []
            trouble = troubles.pop(0) if troubles else "none"
            if trouble == "dies":
                self.unmarked.update(performed)
                return Crash
            if trouble == "none":
                self.effects[place] += 1
                performed.append(place)
            seen[place] = unwritten[place] = entry.after(trouble, self.lane, now)
        fault = plan.fault if writes == plan.at else "none"
        if (raised := self._write(token, unwritten, performed, fault)) and not self._applied(token, fault):
            return raised
        owed = [entry for entry in seen.values() if not entry.done]
        self.finished = not owed
        self.lease_until = 0
        if owed and all(entry.failed_ms is not None for entry in owed):
            self.failed_ms = now * 1000
        return raised

    def _write(self, token: str, changed: dict[int, Entry], performed: list[int], fault: Fault) -> type | None:
        if self._applied(token, fault):
            self.entries |= changed
        else:
            self.unmarked.update(performed)
        return RAISES.get(fault) or (None if self._holds(token) else FencedError)

    def _applied(self, token: str, fault: Fault) -> bool:
        return self._holds(token) and fault not in UNAPPLIED

    def _holds(self, token: str) -> bool:
        return not self.finished and token == self.holder


def _afresh(entry: Entry, sent_ms: int) -> Entry:
    """What a message that was sent after it failed tries again from the beginning."""
    return replace(entry, attempts=0, failed_ms=None) if (entry.failed_ms or sent_ms) < sent_ms else entry
