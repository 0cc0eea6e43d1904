"""Paired timings: each round times every subject once, so that a slower machine slows all of them."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Timings:
    """CPU seconds by subject, one figure for each round."""

    rounds: Mapping[str, list[float]]

    def median(self, subject: str) -> float:
        """The median of a subject over the rounds, in seconds."""
        return statistics.median(self.rounds[subject])

    def summed(self, name: str, *subjects: str) -> "Timings":
        """A copy with one more subject: the sum of `subjects` in each round."""
        sums = [sum(figures) for figures in zip(*(self.rounds[subject] for subject in subjects), strict=True)]
        return Timings({**self.rounds, name: sums})

    def ratio(self, subject: str, to: str) -> "Ratio":
        """The ratio of `subject` to `to`, round by round."""
        ratios = [one / other for one, other in zip(self.rounds[subject], self.rounds[to], strict=True)]
        lower, middle, upper = statistics.quantiles(ratios, n=4)
        return Ratio(middle, lower, upper)


@dataclass(frozen=True)
class Ratio:
    """The median of a ratio, and its quartiles."""

    median: float
    lower: float
    upper: float

    def __str__(self) -> str:
        """The ratio with two decimal places, or with three below a tenth."""
        digits = 2 if self.median >= 0.1 else 3  # noqa: PLR2004 - a tenth
        return f"{self.median:.{digits}f} ({self.lower:.{digits}f} to {self.upper:.{digits}f})"


def interleaved(subjects: Mapping[str, Callable[[], float]], rounds: int) -> Timings:
    """Time each subject once a round, after one uncounted round."""
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(rounds + 1):
        for name, run in subjects.items():
            seconds = run()
            if number:
                taken[name].append(seconds)
    return Timings(taken)


def together(several: Sequence[Timings]) -> Timings:
    """All rounds of `several` in one."""
    return Timings({name: [one for each in several for one in each.rounds[name]] for name in several[0].rounds})
