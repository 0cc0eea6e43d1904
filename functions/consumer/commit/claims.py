"""The results of a claim: the right to decide on an event and commit it, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.inbox.lanes import Lane
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere


@dataclass(frozen=True)
class New:
    """The inbox has no item of the event: the commit inserts `item`, which claims and commits the event at once."""

    event_id: str
    token: str
    started_ms: int
    item: Mapping[str, Any]
    attempt: int = 1


@dataclass(frozen=True)
class Claimed:
    """The inbox item carries this claim's token; while the lease lasts, no other consumer may commit."""

    event_id: str
    token: str
    attempt: int
    started_ms: int
    faulty_since: int = 0  # since when the deployment itself has been at fault, in epoch seconds; 0 if it is not
    errors: tuple[Mapping[str, Any], ...] = field(default=(), compare=False)
    """The last failed attempts, the oldest first, as `failures.py` writes them."""


@dataclass(frozen=True)
class Committed:
    """The event is committed, and `lanes` still owe effects: hand it over again."""

    lanes: tuple[Lane, ...]
    committed_ms: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Duplicate:
    """The event is finished. `state` is `done` or `ignored`; `reason` is why the consumer ignored it."""

    state: str
    reason: str | None = None


@dataclass(frozen=True)
class Exhausted:
    """All attempts crashed without recording why; `claim` only serves to record the failure."""

    claim: Claimed


type Claim = New | Claimed
"""The right to decide on an event and commit it."""
type NotClaimed = Committed | Duplicate | LeasedElsewhere | Exhausted | AwaitingDeadLetter
type ClaimResult = Claimed | NotClaimed
