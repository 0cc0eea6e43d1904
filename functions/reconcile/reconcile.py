"""Reconcile an account over a range of time: what Stripe lists and the inbox does not have is offered, oldest first."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from functions.reconcile.slices import slices
from functions.reconcile.stripe_api import Json


class Events(Protocol):
    """Stripe's event list, as `StripeApi` has it."""

    def events(self, account: str, since: int, until: int) -> Iterator[Json]:
        """The events of a range of time, newest first."""

    def newest(self, account: str, before: int) -> Iterator[Json]:
        """Some of the newest events before a second."""


type Unknown = Callable[[Sequence[str]], Collection[str]]
"""Those of so many event ids that the inbox does not have."""

type Offer = Callable[[Json], bool]
"""Puts an event into the queue; False if no message can carry it."""


@dataclass(frozen=True)
class Reconciler:
    """Stripe's list, what the inbox lacks, and what is done about it."""

    stripe: Events
    unknown: Unknown
    offer: Offer
    may_be_queued: Callable[[], bool]
    """Whether the queue may hold events that the inbox does not have yet."""


@dataclass(frozen=True)
class Progress:
    """What is done up to `until`, in epoch seconds, since the progress before it.

    Attributes:
        until: up to when.
        checked: how many events were held against the inbox.
        missing: those that the inbox lacks, oldest first.
        healed: how many of them were offered.
        waiting: how many newer ones the inbox lacks that may be in the queue; the account is done with for now.
    """

    until: int
    checked: int
    missing: Sequence[Json]
    healed: int
    waiting: int = 0


def beginning(reconciler: Reconciler, account: str, since: int, until: int) -> int | None:
    """From which second on an account's events are ours: `since`, if one was accepted before; else the first one's.

    Accepted is what the inbox has, whatever became of it. What comes before the first such event is not missing: this
    stack was not there yet, or nobody has Stripe send it this account's events, which is None if it lasts up to
    `until`. So a first deploy mails nobody.
    """
    before = list(reconciler.stripe.newest(account, since))
    if _accepted(reconciler, before):
        return since
    for part in slices(partial(reconciler.stripe.events, account), since, until):
        if accepted := _accepted(reconciler, part.events):
            return min(int(event["created"]) for event in accepted)
    return None


def reconcile(reconciler: Reconciler, account: str, since: int, until: int) -> Iterator[Progress]:
    """Offer what is missing from `since` to `until`, both included, in epoch seconds; yield after each part of it.

    An account's events are handled in order. While one waits for a retry, all behind it are in the queue and not in the
    inbox. Events that are missing up to the newest one are therefore left alone while the queue may hold them.

    Whoever keeps the last `until` can go on from there after a crash. What was offered since is offered again then,
    under the same deduplication id, and past SQS's five minutes the claim still knows it.
    """
    for part in slices(partial(reconciler.stripe.events, account), since, until):
        missing = _missing(reconciler, part.events)
        behind = _at_the_end(part.events, missing)
        if behind and reconciler.may_be_queued():
            lost = missing[: -len(behind)]
            yield Progress(
                until=int(behind[0]["created"]) - 1,
                checked=len(part.events) - len(behind),
                missing=lost,
                healed=sum(reconciler.offer(event) for event in lost),
                waiting=len(behind),
            )
            return
        if behind:  # what was in the queue while we looked is in the inbox by now
            missing = _missing(reconciler, part.events)
        healed = sum(reconciler.offer(event) for event in missing)
        yield Progress(part.until, len(part.events), missing, healed)


def _missing(reconciler: Reconciler, events: Sequence[Json]) -> list[Json]:
    lacking = reconciler.unknown([event["id"] for event in events])
    return [event for event in events if event["id"] in lacking]


def _at_the_end(events: Sequence[Json], missing: Sequence[Json]) -> Sequence[Json]:
    """Those of the missing events that no other event follows."""
    count = 0
    while count < len(missing) and missing[-1 - count] is events[-1 - count]:
        count += 1
    return missing[len(missing) - count :]


def _accepted(reconciler: Reconciler, events: Sequence[Json]) -> list[Json]:
    lacking = reconciler.unknown([event["id"] for event in events])
    return [event for event in events if event["id"] not in lacking]
