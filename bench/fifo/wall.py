"""The limits of a FIFO queue in tables: one group, a burst, and one account that stops the others."""

from collections.abc import Iterator

from bench.fifo.scenarios import DAY, HOUR, daily, month_end, neighbours
from bench.markdown import table

BURST = 250_000
CUSTOMERS = BURST // 5
DEFAULT_WORKERS = 5
USUAL = 0.045
"""Seconds an event: three answers of AWS at 10 ms, and 4 ms of CPU at the share that 512 MB have."""
SERVICE = (0.03, USUAL, 2 * USUAL)


def tables() -> Iterator[str]:
    """The section on the FIFO wall, in Markdown, line by line."""
    yield "One group is worked on one message after another, so it sustains one event in the time that one takes:"
    yield ""
    yield table(
        ("seconds an event", "events a second", "a day, if they came evenly"),
        ((f"{each:g}", f"{1 / each:.1f}", f"{86_400 / each:,.0f}") for each in SERVICE),
    )
    yield ""
    yield f"A day with a rush at noon (twice the mean), {USUAL} s an event; the 99th percentile of the wait:"
    yield ""
    yield table(
        ("events a day", "by account (one account)", "by customer, 5 at once", "by customer, 50 at once"),
        (_day(events) for events in (10_000, 100_000, 500_000, 800_000, 900_000, 1_000_000, 10_000_000)),
    )
    yield ""
    yield f"A month's end: {BURST:,} events of {CUSTOMERS:,} customers within an hour; until all are done:"
    yield ""
    yield table(
        ("seconds an event", "by account", "by customer, 5 at once", "by customer, 50 at once"),
        (_burst(each) for each in SERVICE),
    )
    yield ""
    yield f"Other accounts beside such a burst within half an hour, grouped by account, {USUAL} s an event:"
    yield ""
    yield table(
        ("the burst", "longest wait of the others", "for how long they are stopped"),
        (_beside(events) for events in (100_000, 150_000, 175_000, 250_000)),
    )


def _day(events: int) -> tuple[str, ...]:
    ways = ((1, DEFAULT_WORKERS), (events // 10, DEFAULT_WORKERS), (events // 10, 50))
    kept = (_kept_up(events, groups, workers) for groups, workers in ways)
    return (f"{events:,}", *kept)


def _kept_up(events: int, groups: int, workers: int) -> str:
    most_at_once = min(groups, workers)
    if events * USUAL / most_at_once > DAY:
        return "never keeps up"
    return lasted(daily(events, groups, workers, USUAL).most)


def _burst(each: float) -> tuple[str, ...]:
    ways = ((1, DEFAULT_WORKERS), (CUSTOMERS, DEFAULT_WORKERS), (CUSTOMERS, 50))
    return (f"{each:g}", *(lasted(month_end(BURST, groups, workers, each).drained) for groups, workers in ways))


def _beside(events: int) -> tuple[str, ...]:
    seen = neighbours(events, DEFAULT_WORKERS, USUAL)
    if not seen.longest_beyond:
        return f"{events:,}", lasted(seen.longest_below), "not at all"
    return f"{events:,}", lasted(seen.longest_beyond), lasted(seen.stopped_until - seen.stopped_from)


def lasted(seconds: float) -> str:
    """`seconds` in words."""
    if seconds < 1:
        return "under a second"
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"
