"""The crash matrix: a message runs once undisturbed, and once more for each fault at each of its calls."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.prove.compare import compare
from tests.prove.runner import Arrival, Runner
from tests.prove.wire import BEFORE, Fault, Point

COLUMNS = ("messages", "calls", "points", "divergences", "mail twice", "announced twice")
SHOWN = 400
"""How many characters of a difference are shown."""


@dataclass
class Matrix:
    """The counts of all tries by handler, and each divergence in words."""

    runner: Runner
    faults: Sequence[Fault] = tuple(Fault)
    rows: dict[str, Counter[str]] = field(default_factory=dict)
    divergences: list[str] = field(default_factory=list)

    def try_all(self, arrival: Arrival) -> None:
        """Try every fault at every call of `arrival`, each from the present state; end in the undisturbed state."""
        moto_cloud, row = self.runner.moto_cloud, self.rows.setdefault(arrival.handler, Counter())
        before = moto_cloud.checkpoint()
        calls = self.runner.run(arrival)
        ended, undisturbed, after = self.runner.clock.now, moto_cloud.snapshot(), moto_cloud.checkpoint()
        row.update({"messages": 1, "calls": len(calls)})
        for point in self._points(len(calls)):
            moto_cloud.restore(before)
            self.runner.run(arrival, point)
            found = compare(undisturbed, moto_cloud.snapshot(), calls, point)
            row["points"] += 1
            row["divergences"] += bool(found.differences)
            row["mail twice"] += found.mails_twice > 0
            row["announced twice"] += found.announced_twice > 0
            where = f"{arrival.name}, call {point.call} ({calls[point.call]}), {point.fault}"
            self.divergences += [f"{where}: {difference[:SHOWN]}" for difference in found.differences]
        moto_cloud.restore(after)
        self.runner.clock.now = ended

    def _points(self, calls: int) -> list[Point]:
        """Each fault at each call. A fault before a call equals one after the previous call, except at the first."""
        first = set(self.runner.first_calls)
        return [
            Point(call, fault) for call in range(calls) for fault in self.faults if call in first or fault not in BEFORE
        ]

    def total(self, column: str) -> int:
        """The sum of a column over all handlers."""
        return sum(row[column] for row in self.rows.values())

    def table(self) -> Iterator[str]:
        """The lines of the table: one for each handler."""
        yield _line("handler", COLUMNS)
        for handler, row in sorted(self.rows.items()):
            yield _line(handler, [row[column] for column in COLUMNS])
        yield self._all("all")

    def summary(self, scenario: str) -> Iterator[str]:
        """The heading, and one line for all handlers together."""
        yield _line("scenario", COLUMNS)
        yield self._all(scenario)

    def _all(self, name: str) -> str:
        return _line(name, [self.total(column) for column in COLUMNS])


def _line(first: str, others: Sequence[object]) -> str:
    return f"{first:58}" + "".join(f"{other:>17}" for other in others)
