"""A turn: one attempt at a lane, what has changed in it, and what becomes of its message."""

import math
from dataclasses import dataclass, field

from functions.effects.lane.attempts import finish, give_up, release
from functions.effects.lane.lease import Leased
from functions.effects.worker import Worker
from shared.failures.backoff import before_uncounted
from shared.inbox.outbox import Owed, OwedObservation, Progress, lane_of

OBSERVED = "observed"
"""What becomes of an observation that was made."""


@dataclass
class Turn:
    """One attempt at a lane: what has changed so far, and what of it is not yet written down."""

    worker: Worker
    leased: Leased
    sent_ms: int
    """When the message was sent; an entry that was given up before that is tried afresh."""
    deadline: float
    deferred_until: int = 0
    """Until when SES takes no mail, in epoch seconds, if it has said so in this attempt."""
    changed: dict[int, Progress] = field(default_factory=dict)
    unwritten: dict[int, Progress] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    faulty: bool = False
    """Whether an effect failed by a fault of the deployment itself: a denied permission, a missing resource."""

    def progress(self, place: int) -> Progress:
        """How far an entry is, this attempt included."""
        known = self.changed.get(place) or self.leased.progress[place]
        if known.failed_ms is not None and known.failed_ms < self.sent_ms:
            return Progress(cursor=known.cursor)
        return known

    def note(self, place: int, progress: Progress) -> None:
        """Remember what became of an entry, to be written down."""
        self.changed[place] = self.unwritten[place] = progress
        if progress.error and progress.outcome is None:
            self.errors.append(progress.error)

    def waits_for(self, owed: Owed) -> Progress | None:
        """The entry that `owed` waits for, while that has no outcome; nothing waits for a look that was given up."""
        if owed.after is None or (self._looks(owed.after) and self.leased.progress[owed.after].failed_ms is not None):
            return None
        before = self.progress(owed.after)
        return before if before.outcome is None else None

    def answered(self, owed: Owed) -> bool:
        """Whether the look at Stripe that `owed` waited for has brought what was missing."""
        if owed.after is None or not self._looks(owed.after):
            return False
        return self.progress(owed.after).outcome == OBSERVED

    def _looks(self, place: int) -> bool:
        return isinstance(self.leased.outbox[place], OwedObservation)


@dataclass(frozen=True)
class Result:
    """What became of a lane: `wait` seconds until the message comes again, None if it is done with.

    `again` says that a message of its own continues a long erasure.
    """

    state: str
    wait: int | None = None
    again: bool = False
    outcomes: tuple[str, ...] = ()
    """What became of the entries that were performed now."""
    error: str | None = None
    faulty: bool = False
    """Whether the deployment itself was at fault."""


def conclude(turn: Turn) -> Result:
    """Write down what is left to write, and say what becomes of the message."""
    worker, leased = turn.worker, turn.leased
    outcomes = tuple(one.outcome for one in turn.changed.values() if one.outcome)
    owed = {place: turn.progress(place) for place, _ in leased.entries if turn.progress(place).outcome is None}
    if not owed:
        finish(worker.store, leased, turn.unwritten)
        return Result("performed", outcomes=outcomes)
    trying = {place: one for place, one in owed.items() if one.failed_ms is None}
    if any(one.cursor and not one.error for one in trying.values()):
        release(worker.store, leased, turn.unwritten, 0)
        return Result("goes on", again=True, outcomes=outcomes)
    waits = [_wait(turn, place) for place in trying if not _follows(turn, place)]
    if waits:
        wait = _together(waits)
        release(worker.store, leased, turn.unwritten, wait)
        return Result("waits", wait, outcomes=outcomes, error=next(iter(turn.errors), None))
    error = next((one.error for one in owed.values() if one.error), None)
    give_up(worker.store, leased, turn.unwritten, error or "unknown")
    return Result("failed", 0, outcomes=outcomes, error=error)


def _together(waits: list[int]) -> int:
    """The shortest of `waits` in seconds, or up to half as much again if more entries are due by then.

    Each return costs a receive, and SQS counts them. Entries that one fault holds up come back in one.
    """
    return max(wait for wait in waits if 2 * wait <= 3 * min(waits))


def _wait(turn: Turn, place: int) -> int:
    """Seconds until an entry may be tried; while it waits for the other lane, longer each time."""
    worker, now = turn.worker, turn.worker.store.clock()
    if turn.waits_for(turn.leased.outbox[place]):
        return before_uncounted(now - turn.leased.committed_ms / 1000, worker.jitter)
    return max(1, math.ceil(max(turn.progress(place).not_before, turn.deferred_until) - now))


def _follows(turn: Turn, place: int) -> bool:
    """Whether an entry waits for another one of its own lane: it comes or fails with that one."""
    owed = turn.leased.outbox[place]
    if owed.after is None or turn.waits_for(owed) is None:
        return False
    return lane_of(turn.leased.outbox[owed.after]) == turn.leased.lane
