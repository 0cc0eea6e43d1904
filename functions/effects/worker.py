"""The worker: what it can perform, and what it acts on or asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.effects.erasure import Erase, Export
from shared.effects.observe import Observe
from shared.effects.remind import Remind
from shared.failures.backoff import Jitter
from shared.inbox.handover import Handover
from shared.records.books import Books
from shared.tables.store import Store


@dataclass(frozen=True)
class Done:
    """The effect is performed; `outcome` says in a word or two what became of it."""

    outcome: str


@dataclass(frozen=True)
class More:
    """A long effect has come as far as `cursor`, and goes on from there."""

    cursor: str


@dataclass(frozen=True)
class Performers:
    """What can be performed. Each returns an outcome, and raises Retryable or botocore's errors if a service fails."""

    send_mail: Callable[[Email], str]
    set_reminder: Callable[[Remind], str]
    publish: Callable[[Sequence[Announcement]], str]
    export: Callable[[Export, int, float], str]
    """Exports a customer not erased since a commit, in epoch milliseconds, until a deadline in epoch seconds."""
    erase: Callable[[Erase, str | None, float], Done | More]
    """Erases from a cursor on until a deadline in epoch seconds."""
    observe: Callable[[Observe], str]


@dataclass(frozen=True)
class Worker:
    """Everything that the worker acts on or asks."""

    store: Store
    books: Books
    performers: Performers
    handover: Handover
    jitter: Jitter
