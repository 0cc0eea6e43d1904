"""An attempt at a lane: what it has changed, and what becomes of the message."""

import math
from dataclasses import dataclass, field

from functions.effects.lane.lease import Leased
from functions.effects.lane.progress import finish, give_up, release
from functions.effects.worker import Worker
from shared.failures.backoff import before_uncounted
from shared.inbox.outbox import Owed, OwedObservation, lane_of
from shared.inbox.progress import Progress

OBSERVED = "observed"
"""The outcome of an observation that was queued."""


@dataclass
class Attempt:
    """One attempt at a lane: the progress that it has made, and the part that is not written yet."""

    worker: Worker
    leased: Leased
    sent_ms: int
    """When SQS got the message, in epoch milliseconds; an entry given up before then starts again, uncounted."""
    deadline: float
    deferred_until: int = 0
    """The second until which SES takes no mail, if SES refused one in this attempt; else 0."""
    changed: dict[int, Progress] = field(default_factory=dict)
    unwritten: dict[int, Progress] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    faulty: bool = False
    """Whether an effect failed because of the deployment: a denied permission, a missing resource."""
    over_limit: int = 0
    """How many erasures and exports wait for a later hour, since this hour's limit is reached."""

    def progress(self, place: int) -> Progress:
        """The progress of an entry, including this attempt."""
        known = self.changed.get(place) or self.leased.progress[place]
        if known.failed_ms is not None and known.failed_ms < self.sent_ms:
            return Progress(cursor=known.cursor)
        return known

    @property
    def owed_since(self) -> float | None:
        """Since when the lane is owed, in epoch seconds, by the progress before this attempt; None: since `sent_ms`.

        Time does not count while an hour's limit puts off all that is owed. An entry that fails beside a put-off one
        counts from the commit, because a new message comes each hour and would hide its age.
        """
        owed = [(place, owed) for place, owed in self.leased.entries if self.leased.progress[place].outcome is None]
        until = [self._put_off_until(place, owed) for place, owed in owed]
        if not any(until):
            return None
        return max(self.sent_ms / 1000, min(until)) if all(until) else self.leased.committed_ms / 1000

    def _put_off_until(self, place: int, owed: Owed) -> int:
        """The second until which a limit put off an entry, or the entry that it waits for; 0 if none did."""
        progress = self.leased.progress
        return progress[place].put_off_until or (0 if owed.after is None else progress[owed.after].put_off_until)

    def note(self, place: int, progress: Progress) -> None:
        """Note the progress of an entry, to be written at the end."""
        self.changed[place] = self.unwritten[place] = progress
        if progress.error and progress.outcome is None:
            self.errors.append(progress.error)

    def waits_for(self, owed: Owed) -> Progress | None:
        """The progress of the entry that `owed` waits for; None if it waits for none.

        An entry waits for another until that has an outcome. It does not wait for an observation that was given up.
        """
        if owed.after is None or (
            self._is_observation(owed.after) and self.leased.progress[owed.after].failed_ms is not None
        ):
            return None
        before = self.progress(owed.after)
        return before if before.outcome is None else None

    def answered(self, owed: Owed) -> bool:
        """Whether the observation that `owed` waited for has brought what was missing."""
        if owed.after is None or not self._is_observation(owed.after):
            return False
        return self.progress(owed.after).outcome == OBSERVED

    def _is_observation(self, place: int) -> bool:
        return isinstance(self.leased.outbox[place], OwedObservation)


@dataclass(frozen=True)
class Result:
    """What became of a lane. The message comes again after `wait` seconds; None means that SQS may delete it.

    `again` means that a new message continues a long erasure, or what waits for a later hour.
    """

    state: str
    wait: int | None = None
    again: bool = False
    outcomes: tuple[str, ...] = ()
    """The outcomes of the entries that this attempt performed."""
    error: str | None = None
    faulty: bool = False
    """Whether the deployment was at fault."""
    over_limit: int = 0
    """How many erasures and exports wait for a later hour."""
    owed_since: float | None = None
    """Since when the lane is owed, in epoch seconds; None: since SQS got the message."""


def conclude(attempt: Attempt) -> Result:
    """Write the rest of the progress, and return what becomes of the message."""
    worker, leased = attempt.worker, attempt.leased
    outcomes = tuple(one.outcome for one in attempt.changed.values() if one.outcome)
    owed = {place: attempt.progress(place) for place, _ in leased.entries if attempt.progress(place).outcome is None}
    if not owed:
        finish(worker.store, leased, attempt.unwritten)
        return Result("performed", outcomes=outcomes)
    trying = {place: one for place, one in owed.items() if one.failed_ms is None}
    if any(one.cursor and not one.error for one in trying.values()):
        release(worker.store, leased, attempt.unwritten, 0)
        return Result("goes on", again=True, outcomes=outcomes)
    waits = [_wait(attempt, place) for place in trying if not _follows(attempt, place)]
    if waits:
        wait = _together(waits)
        release(worker.store, leased, attempt.unwritten, wait)
        error = next(iter(attempt.errors), None)
        # SQS counts each receive and deletes an old message. A wait for a later hour must not use either up.
        if attempt.over_limit:
            return Result("waits", again=True, outcomes=outcomes, error=error)
        return Result("waits", wait, outcomes=outcomes, error=error)
    error = next((one.error for one in owed.values() if one.error), None)
    give_up(worker.store, leased, attempt.unwritten, error or "unknown")
    return Result("failed", 0, outcomes=outcomes, error=error)


def _together(waits: list[int]) -> int:
    """The longest of `waits` that is at most 1.5 times the shortest, in seconds.

    SQS counts each receive of the message. Entries that the same fault delays are therefore tried in one receive.
    """
    return max(wait for wait in waits if 2 * wait <= 3 * min(waits))


def _wait(attempt: Attempt, place: int) -> int:
    """Seconds until an entry may be tried. A wait for the other lane grows with the time since the commit."""
    worker, now = attempt.worker, attempt.worker.store.clock()
    if attempt.waits_for(attempt.leased.outbox[place]):
        return before_uncounted(now - attempt.leased.committed_ms / 1000, worker.jitter)
    return max(1, math.ceil(max(attempt.progress(place).not_before, attempt.deferred_until) - now))


def _follows(attempt: Attempt, place: int) -> bool:
    """Whether an entry waits for another one of its lane: then it needs no wait of its own."""
    owed = attempt.leased.outbox[place]
    if owed.after is None or attempt.waits_for(owed) is None:
        return False
    return lane_of(attempt.leased.outbox[owed.after]) == attempt.leased.lane
