"""Scenarios of a FIFO queue: a day, a burst, and one account's backlog beside the others."""

import math
import random
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import mean

from bench.fifo.simulation import WINDOW, Handled, simulate

DAY = 86_400.0
HOUR = 3_600.0


def lasting(seconds: float, dice: random.Random) -> Callable[[], float]:
    """Random service times in seconds: log-normal with mean `seconds` and half of it as standard deviation."""
    sigma = math.sqrt(math.log(1 + 0.5**2))
    mu = math.log(seconds) - sigma**2 / 2
    return lambda: dice.lognormvariate(mu, sigma)


def day(events: int, groups: int, dice: random.Random) -> Iterator[tuple[float, int]]:
    """The arrivals of a day: at noon twice the mean rate, at midnight almost none."""
    peak = 2 * events / DAY
    now = 0.0
    while (now := now + dice.expovariate(peak)) < DAY:
        if dice.random() < (1 - math.cos(2 * math.pi * now / DAY)) / 2:
            yield now, dice.randrange(groups)


def burst(events: int, seconds: float, groups: int, dice: random.Random) -> Iterator[tuple[float, int]]:
    """The arrivals at a month's end: all events within `seconds`, evenly."""
    for number in range(events):
        yield number * seconds / events, dice.randrange(groups)


@dataclass(frozen=True)
class Waits:
    """Seconds from arrival to the beginning of work, and when the last message was done."""

    half: float
    most: float
    longest: float
    drained: float


def waits(handled: Iterable[Handled]) -> Waits:
    """The median, 99th percentile and maximum of the messages' waits."""
    waited, drained = array("d"), 0.0
    for one in handled:
        waited.append(one.waited)
        drained = one.done
    ranked = sorted(waited)
    return Waits(ranked[len(ranked) // 2], ranked[len(ranked) * 99 // 100], ranked[-1], drained)


def daily(events: int, groups: int, workers: int, service: float) -> Waits:
    """The waits of a day of `events` in `groups`."""
    dice = random.Random(1)  # noqa: S311 - the same day each time
    return waits(simulate(day(events, groups, dice), workers, lasting(service, dice)))


def month_end(events: int, groups: int, workers: int, service: float) -> Waits:
    """The waits of a burst of `events` within an hour, in `groups`."""
    dice = random.Random(2)  # noqa: S311 - the same burst each time
    return waits(simulate(burst(events, HOUR, groups, dice), workers, lasting(service, dice)))


@dataclass(frozen=True)
class Neighbours:
    """The waits of quiet accounts during another account's burst, in seconds."""

    mean_below: float
    longest_below: float
    longest_beyond: float
    stopped_from: float
    stopped_until: float


def neighbours(events: int, workers: int, service: float, window: int = WINDOW) -> Neighbours:
    """One account sends a burst within half an hour; a hundred others send one message a second together.

    From `stopped_from` to `stopped_until` the backlog exceeds the window; messages that arrive then wait for its end.
    """
    dice = random.Random(3)  # noqa: S311 - the same night each time
    seconds = events * service * 1.1
    loud = burst(events, HOUR / 2, 1, dice)
    quiet = ((float(second), 1 + dice.randrange(100)) for second in range(int(seconds)))
    handled = list(simulate(_merged(loud, quiet), workers, lasting(service, dice), window))
    others = [one for one in handled if one.group]
    late = [one for one in others if one.waited > 1]
    below = [one for one in others if one.waited <= 1]
    return Neighbours(
        mean_below=mean(one.waited for one in below),
        longest_below=max(one.waited for one in below),
        longest_beyond=max((one.waited for one in late), default=0.0),
        stopped_from=min((one.arrived for one in late), default=0.0),
        stopped_until=max((one.begun for one in late), default=0.0),
    )


def _merged(*streams: Iterator[tuple[float, int]]) -> Iterator[tuple[float, int]]:
    yield from sorted(message for stream in streams for message in stream)
