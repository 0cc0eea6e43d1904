"""The goals, and the measured value of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.counting import STORY, Handled
from bench.growth import Growth
from bench.local import Local
from bench.timing import Ratio, Timings


@dataclass(frozen=True)
class Measured:
    """All results of one run of `make bench`."""

    cold: Timings
    cold_consumers: Timings
    small: Timings
    large: Timings
    request: Timings
    event: Timings
    traced: Timings
    moved: Timings
    """As `event`, but on all processors."""
    story: Sequence[Handled]
    duplicate: Handled
    ignored: Handled
    ingest_logged: int
    zipped: dict[str, int]
    resident: dict[str, int]
    rates: dict[tuple[str, int], float]
    """Events a second by subject and number of groups; each call to AWS takes a few milliseconds."""
    reads: Timings
    """CPU of the function access: its cold start, and one more read."""
    local: Local
    growth: Sequence[Growth]
    dollars: float
    wall: str
    """The results of the simulated FIFO queue, in Markdown."""


@dataclass(frozen=True)
class Goal:
    """A goal, the measured value, and whether the value meets the goal."""

    figure: str
    goal: str
    measured: str
    met: bool


def happy(story: Sequence[Handled]) -> list[Handled]:
    """The Stripe events that take one transaction."""
    once = (one for one in story if one.consumer.calls["dynamodb.TransactWriteItems"] == 1)
    return [one for one in once if one.type in STORY]


def mean_units(story: Sequence[Handled]) -> float:
    """The mean write units of a Stripe event; Billhook's own messages count in the bill only."""
    units = [one.writes for one in story if one.type in STORY]
    return sum(units) / len(units)


def goals(found: Measured) -> list[Goal]:
    """All goals, in the order of the table."""
    bare, tutorial = found.cold.ratio("billhook", "bare"), found.cold.ratio("billhook", "tutorial")
    line = [one.consumer.dynamodb for one in happy(found.story)]
    units = mean_units(found.story)
    one, five = found.rates["billhook", 1], found.rates["billhook", 5]
    return [
        _at_most("ingest, cold start: CPU by that of bare botocore", bare, 1.1),
        _at_most("ingest, cold start: CPU by the tutorial's, as `sam build` leaves it", tutorial, 0.55),
        _at_most(
            "the same, with every module of the tutorial compiled",
            found.cold.ratio("billhook", "tutorial, compiled"),
            0.55,
        ),
        _at_most("check and read 5.9 KB: CPU by hmac + json.loads", found.small.ratio("billhook", "floor"), 1.2),
        _at_most("check and read 51 KB: likewise", found.large.ratio("billhook", "floor"), 1.2),
        _at_most("check and read 5.9 KB: CPU by `construct_event`", found.small.ratio("billhook", "tutorial"), 0.06),
        _at_most("check and read 51 KB: likewise", found.large.ratio("billhook", "tutorial"), 0.06),
        _at_most(
            "ingest, warm: CPU a request by one boto3 SendMessage",
            found.request.ratio("billhook", "one SendMessage"),
            1.25,
        ),
        _at_most("in the line, warm: CPU an event by the tutorial's", found.event.ratio("consumer", "tutorial"), 0.5),
        _at_most("the same, traced by X-Ray", found.traced.ratio("consumer", "tutorial"), 0.5),
        _at_most("in the line and beside it: CPU an event likewise", found.event.ratio("billhook", "tutorial"), 0.5),
        Goal(
            "DynamoDB calls an event in the line",
            "≤ 3",
            f"mostly {_mode(line)} ({_share(line, 3)}; at most {max(line)})",
            max(line) <= 3,  # noqa: PLR2004 - the goal
        ),
        Goal(
            "DynamoDB calls a duplicate, and one ignored",
            "1, 1",
            f"{found.duplicate.consumer.dynamodb}, {found.ignored.consumer.dynamodb}",
            found.duplicate.consumer.dynamodb == found.ignored.consumer.dynamodb == 1,
        ),
        Goal("write units an event, mean over the samples", "≤ 12", f"{units:.1f}", units <= 12),  # noqa: PLR2004
        Goal(
            "package of ingest, zipped",
            "≤ 3 MiB",
            f"{found.zipped['ingest'] / 2**20:.1f} MiB",
            found.zipped["ingest"] <= 3 * 2**20,
        ),
        Goal(
            "memory of ingest after 100 requests",
            "≤ 50 MiB",
            f"{found.resident['ingest'] / 2**20:.0f} MiB",
            found.resident["ingest"] <= 50 * 2**20,
        ),
        Goal(
            "events a second in one group, by the tutorial's",
            "≥ 3.5",
            f"{one / found.rates['tutorial', 1]:.2f} ({one:.0f} a second)",
            one >= 3.5 * found.rates["tutorial", 1],
        ),
        Goal(
            "events a second, five groups by one", "≥ 2.5", f"{five / one:.1f} ({five:.0f} a second)", five >= 2.5 * one
        ),
        Goal("dollars a million events, without mail", "≤ 14.50", f"{found.dollars:.2f}", found.dollars <= 14.5),  # noqa: PLR2004
        *_flat(found.growth),
    ]


FLAT = 1.25
"""The largest ratio that still counts as flat: the machine's own noise is about this large."""


def _flat(found: Sequence[Growth]) -> list[Goal]:
    if not found:
        return [Goal("growth", "flat", "not measured: `make dynamodb` needs npm and Java", met=False)]
    small, many, large = found
    return [
        Goal(
            f"CPU an event at {large.inbox:,} events in the inbox by {small.inbox:,}",
            f"flat (≤ {FLAT})",
            f"{large.cpu / small.cpu:.2f}",
            large.cpu <= FLAT * small.cpu,
        ),
        Goal(
            f"CPU an event with {many.accounts} accounts by one",
            f"flat (≤ {FLAT})",
            f"{many.cpu / small.cpu:.2f}",
            many.cpu <= FLAT * small.cpu,
        ),
    ]


def _at_most(figure: str, ratio: Ratio, goal: float) -> Goal:
    return Goal(figure, f"≤ {goal}", str(ratio), ratio.median <= goal)


def _mode(values: Sequence[int]) -> int:
    return max(set(values), key=values.count)


def _share(values: Sequence[int], most: int) -> str:
    return f"{sum(value <= most for value in values)} of {len(values)} types within it"
