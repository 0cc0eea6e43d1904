"""Whether redriven events settle, or fail again: read from the inbox while a redrive runs."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.operate.letters import Letter
from cli.see.dead import QUEUES
from cli.see.inbox import Tables
from shared.inbox.lanes import Lane
from shared.inbox.outbox import in_lane, load, progress_of

TOLERATED = 3
"""How many redriven events may fail again before the redrive stops."""
TRIAL = 10
"""After so many messages a redrive waits until they settle, or for `TRIAL_SECONDS`."""
TRIAL_SECONDS = 20.0
SECONDS = 60.0
"""Seconds for which the end of a redrive is watched."""
LOOK_SECONDS = 1.0
"""Seconds between two looks."""


@dataclass(frozen=True)
class Seen:
    """How redriven events stand: settled, failed again (or retried after a first failure), or on their way."""

    settled: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    """Each with its new error."""
    waiting: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{len(self.settled)} settled, {len(self.failed)} failed again, {len(self.waiting)} on their way"


@dataclass(frozen=True)
class Watch:
    """The events of a redrive, as they were before it."""

    tables: Tables
    queue: str
    letters: Mapping[str, Letter]

    def look(self, event_ids: Collection[str]) -> Seen:
        """How these events stand now; half a read unit each. Raises botocore's errors if DynamoDB refuses."""
        found = {str(item["id"]): item for item in self.tables.items(event_ids)}
        settled, failed, waiting = list[str](), list[tuple[str, str]](), list[str]()
        for event_id in event_ids:
            error = self._error(event_id, found.get(event_id))
            if error:
                failed.append((event_id, error))
            elif error is None:
                settled.append(event_id)
            else:
                waiting.append(event_id)
        return Seen(tuple(settled), tuple(failed), tuple(waiting))

    def until_settled(self, event_ids: Sequence[str], seconds: float, go_on: Callable[[], bool]) -> Seen:
        """Look until nothing is on its way, for `seconds` at most, or until `go_on` says no."""
        deadline = time.monotonic() + seconds
        while (seen := self.look(event_ids)).waiting and time.monotonic() < deadline and go_on():
            if len(seen.failed) > TOLERATED:
                break
            time.sleep(LOOK_SECONDS)
        return seen

    def _error(self, event_id: str, item: Mapping[str, Any] | None) -> str | None:
        """The error with which an event has failed again; empty while it is on its way, None once it has settled."""
        lane = QUEUES[self.queue]
        if item is None:
            return None
        before = self.letters[event_id].item
        if lane == "events":
            return _event_error(item, before)
        return _lane_error(item, before, "effects" if lane == "effects" else "mails")


def _event_error(item: Mapping[str, Any], before: Mapping[str, Any]) -> str | None:
    if item["state"] in {"done", "ignored", "committed"} or "outbox" in item:
        return None
    if item["token"] == before["token"]:
        return ""  # no consumer has it yet
    failed = item["state"] == "failed" or "next_at" in item
    return str(item.get("error", "unknown")) if failed else ""


def _lane_error(item: Mapping[str, Any], before: Mapping[str, Any], lane: Lane) -> str | None:
    if f"{lane}_owed" not in item:
        return None
    holder, name = item.get(f"{lane}_holder", {}), f"{lane}_holder"
    if holder.get("token") == before.get(name, {}).get("token"):
        return ""  # no worker has it yet
    outbox = load(item["outbox"])
    progress = progress_of(item, outbox)
    errors = [progress[place].error for place, _ in in_lane(outbox, lane) if progress[place].outcome is None]
    tried = "failed_ms" in holder or holder.get("lease_until", 0) == 0
    return next(filter(None, errors), "") if tried else ""


def same_causes(seen: Seen, letters: Mapping[str, Letter]) -> bool:
    """Whether every event that failed again failed as before."""
    return all(letters[event_id].error == error for event_id, error in seen.failed)
