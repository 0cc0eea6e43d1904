"""A list that comes newest first, walked oldest first: in slices of time, each small enough to be held at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from functions.reconcile.stripe_api import Json

FULL = 500
"""How many events a slice may hold, unless it is a single second: some tens of megabytes once they are parsed."""


@dataclass(frozen=True)
class Slice:
    """All events up to `until`, in epoch seconds, since the slice before it; oldest first."""

    until: int
    events: Sequence[Json]


def slices(list_events: Callable[[int, int], Iterator[Json]], since: int, until: int) -> Iterator[Slice]:
    """Slices that cover every second from `since` to `until` once.

    Stripe can page towards now only from an event that it still has and that lies before the first one wanted
    (`ending_before`); a range of time needs no such event. One that holds too much is halved, and asked for again.
    """
    length = until - since + 1
    while since <= until:
        end = min(until, since + length - 1)
        found = list_events(since, end)
        newest_first = list(islice(found, FULL + 1 if since < end else None))
        if len(newest_first) > FULL and since < end:
            length = (end - since + 1) // 2
            continue
        # Within a second, the order of Stripe's list is all there is to go by.
        oldest_first = newest_first[::-1]
        oldest_first.sort(key=lambda event: int(event["created"]))
        yield Slice(end, oldest_first)
        since, length = end + 1, length * 2
