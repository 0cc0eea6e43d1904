"""Slices: walks Stripe's list oldest first, in slices of time that are small enough for memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from functions.reconcile.stripe_api import Json

FULL = 500
"""How many events a slice may hold, unless it is one second long. Parsed, they take some tens of megabytes."""


@dataclass(frozen=True)
class Slice:
    """The events from the end of the slice before it up to `until`, in epoch seconds; oldest first."""

    until: int
    events: Sequence[Json]


def slices(list_events: Callable[[int, int], Iterator[Json]], since: int, until: int) -> Iterator[Slice]:
    """Slices that cover every second from `since` to `until` once.

    Stripe lists the newest events first. To page the other way (`ending_before`) it needs an event before the range,
    which may not exist. A slice with too many events is halved, and asked for again.
    """
    length = until - since + 1
    while since <= until:
        end = min(until, since + length - 1)
        found = list_events(since, end)
        newest_first = list(islice(found, FULL + 1 if since < end else None))
        if len(newest_first) > FULL and since < end:
            length = (end - since + 1) // 2
            continue
        # Within a second, Stripe's list is the only order there is.
        oldest_first = newest_first[::-1]
        oldest_first.sort(key=lambda event: int(event["created"]))
        yield Slice(end, oldest_first)
        since, length = end + 1, length * 2
