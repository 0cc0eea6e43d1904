"""Reconcile an account over a range of time: offer the events that Stripe lists and the inbox lacks, oldest first."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from functions.reconcile.slices import slices
from functions.reconcile.stripe_api import Json
from shared.values.times import DAY


class Events(Protocol):
    """Stripe's event list, as `StripeApi` has it."""

    def events(self, account: str, since: int, until: int) -> Iterator[Json]:
        """The events of a range of time, newest first."""

    def newest(self, account: str, before: int) -> Iterator[Json]:
        """Some of the newest events before a second."""


type Lacks = Callable[[Sequence[str]], Collection[str]]
"""Returns those of the event ids that the inbox does not have."""

type Offer = Callable[[Json], bool]
"""Puts an event into the queue; False if no message can carry it."""

WAITS_AT_MOST = DAY
"""Seconds for which an event may wait behind others of its message group; an older one counts as lost. An event that
fails holds its group up for about six hours."""


@dataclass(frozen=True)
class Reconciler:
    """Stripe's list, the inbox, and the queue."""

    stripe: Events
    lacks: Lacks
    offer: Offer
    may_be_queued: Callable[[], bool]
    """Whether the queue may hold events that the inbox does not have yet."""
    group: Callable[[Json], str | None]
    """The message group of an event; None if it is too malformed to have one; it then waits behind no other."""


@dataclass(frozen=True)
class Progress:
    """One part of a range, from the end of the part before it.

    Attributes:
        until: the end of the part, in epoch seconds.
        checked: how many events were looked up in the inbox.
        missing: the events that the inbox lacks, oldest first.
        healed: how many of them were offered.
        waiting: how many newer events the inbox lacks that may be in the queue. If any, this is the last part.
    """

    until: int
    checked: int
    missing: Sequence[Json]
    healed: int
    waiting: int = 0


def beginning(reconciler: Reconciler, account: str, since: int, until: int) -> int | None:
    """The first second of an account that reconciliation checks: `since`, or the first accepted event after it.

    An event is accepted if the inbox has it, in any state. Events before the first accepted one are not missing: the
    stack did not exist yet, or Stripe did not send it this account's events. So a first deployment mails nobody.

    Returns:
        Epoch seconds: `since` if an event before it was accepted; else the second of the first accepted event; None if
        there is none up to `until`.
    """
    before = list(reconciler.stripe.newest(account, since))
    if _accepted(reconciler, before):
        return since
    for part in slices(partial(reconciler.stripe.events, account), since, until):
        if accepted := _accepted(reconciler, part.events):
            return min(int(event["created"]) for event in accepted)
    return None


def reconcile(reconciler: Reconciler, account: str, since: int, until: int) -> Iterator[Progress]:
    """Offer the missing events from `since` to `until`, both included, in epoch seconds; yield after each part.

    The consumer handles the events of a message group in order. While one waits for a retry, all behind it are in the
    queue and not in the inbox. So the newest events of a group that the inbox lacks, in a row, are not offered while
    the queue may hold them.

    The caller stores `until`, and goes on from there after a crash. Events offered since then are offered again under
    the same deduplication id; after SQS's five minutes the claim recognises them.
    """
    for part in slices(partial(reconciler.stripe.events, account), since, until):
        missing = _missing(reconciler, part.events)
        behind = _behind_others(reconciler, part.events, missing, until)
        if behind and reconciler.may_be_queued():
            waiting = {event["id"] for event in behind}
            lost = [event for event in missing if event["id"] not in waiting]
            yield Progress(
                until=int(behind[0]["created"]) - 1,
                checked=len(part.events) - len(behind),
                missing=lost,
                healed=sum(reconciler.offer(event) for event in lost),
                waiting=len(behind),
            )
            return
        if behind:  # events that were in the queue a moment ago are in the inbox by now
            missing = _missing(reconciler, part.events)
        healed = sum(reconciler.offer(event) for event in missing)
        yield Progress(part.until, len(part.events), missing, healed)


def _missing(reconciler: Reconciler, events: Sequence[Json]) -> list[Json]:
    lacking = reconciler.lacks([event["id"] for event in events])
    return [event for event in events if event["id"] in lacking]


def _behind_others(reconciler: Reconciler, events: Sequence[Json], missing: Sequence[Json], until: int) -> list[Json]:
    """The missing events of the last day before `until` that no accepted event of their message group follows."""
    lacking = {event["id"] for event in missing}
    accepted: set[str | None] = {None}
    behind = []
    for event in reversed(events):
        group = reconciler.group(event)
        if event["id"] not in lacking:
            accepted.add(group)
        elif group not in accepted and event["created"] > until - WAITS_AT_MOST:
            behind.append(event)
    return behind[::-1]


def _accepted(reconciler: Reconciler, events: Sequence[Json]) -> list[Json]:
    lacking = reconciler.lacks([event["id"] for event in events])
    return [event for event in events if event["id"] not in lacking]
