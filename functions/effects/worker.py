"""The worker: the performers of effects, and the stores and queues that they work on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from functions.effects.perform.hourly_limit import Limited
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.effects.erasure import Erase, Export
from shared.effects.observe import Observe
from shared.effects.remind import Remind
from shared.failures.backoff import Jitter
from shared.inbox.handover import Handover
from shared.records.books import Books
from shared.tables.store import Store
from shared.values.frozen import Scalar


@dataclass(frozen=True)
class Done:
    """The effect is performed; `outcome` is its result in a word or two."""

    outcome: str


@dataclass(frozen=True)
class Partial:
    """A long effect is done up to `cursor`, and a further step goes on from there."""

    cursor: str


@dataclass(frozen=True)
class Performers:
    """One performer for each kind of effect. It returns an outcome, and raises Retryable or botocore's errors."""

    send_mail: Callable[[Email], str]
    set_reminder: Callable[[Remind], str]
    publish: Callable[[Sequence[Announcement]], str]
    export: Callable[[Export, int, float], str]
    """Takes the export, the time of the commit in epoch milliseconds, and a deadline in epoch seconds."""
    erase: Callable[[Erase, int, str | None, float], Done | Partial]
    """Takes the erasure, the cursor to go on from, and a deadline in epoch seconds."""
    observe: Callable[[Observe], str]
    count: Callable[[Limited], None]
    """Counts an erasure or an export that begins; raises OverLimit if this hour has had its share."""
    link: Callable[[str, int], Mapping[str, Scalar]]
    """Takes the partition of an export, and the time of its event's commit in epoch milliseconds; returns the fields
    that a mail shows of the link."""


@dataclass(frozen=True)
class Worker:
    """Everything that the worker needs."""

    store: Store
    books: Books
    performers: Performers
    handover: Handover
    jitter: Jitter
