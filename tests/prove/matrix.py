"""The crash matrix: a message is played once undisturbed, and once more for each fault at each of its calls."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.prove.compare import compare
from tests.prove.runner import Act, Runner
from tests.prove.wire import BEFORE, Fault, Point

COLUMNS = ("messages", "calls", "points", "divergences", "mail twice", "announced twice")
SHOWN = 400
"""Characters of a difference: enough to see what it is about."""


@dataclass
class Matrix:
    """What was tried in `theatre`, and what came of it: counted by handler, and each divergence in words."""

    runner: Runner
    faults: Sequence[Fault] = tuple(Fault)
    rows: dict[str, Counter[str]] = field(default_factory=dict)
    divergences: list[str] = field(default_factory=list)

    def try_all(self, act: Act) -> None:
        """Every fault at every call of `act`, from how the stage is now; it is left as after the undisturbed play."""
        moto_cloud, row = self.runner.moto_cloud, self.rows.setdefault(act.handler, Counter())
        before = moto_cloud.keep()
        calls = self.runner.play(act)
        ended, undisturbed, after = self.runner.clock.now, moto_cloud.look(), moto_cloud.keep()
        row.update({"messages": 1, "calls": len(calls)})
        for point in self._points(len(calls)):
            moto_cloud.put_back(before)
            self.runner.play(act, point)
            found = compare(undisturbed, moto_cloud.look(), calls, point)
            row["points"] += 1
            row["divergences"] += bool(found.differences)
            row["mail twice"] += found.mails_twice > 0
            row["announced twice"] += found.announced_twice > 0
            where = f"{act.name}, call {point.call} ({calls[point.call]}), {point.fault}"
            self.divergences += [f"{where}: {difference[:SHOWN]}" for difference in found.differences]
        moto_cloud.put_back(after)
        self.runner.clock.now = ended

    def _points(self, calls: int) -> list[Point]:
        """Each fault at each call; what happens before a call has happened after the one before, but for the first."""
        first = set(self.runner.first_calls)
        return [
            Point(call, fault) for call in range(calls) for fault in self.faults if call in first or fault not in BEFORE
        ]

    def total(self, column: str) -> int:
        """Of all handlers."""
        return sum(row[column] for row in self.rows.values())

    def table(self) -> Iterator[str]:
        """One line a handler."""
        yield _line("handler", COLUMNS)
        for handler, row in sorted(self.rows.items()):
            yield _line(handler, [row[column] for column in COLUMNS])
        yield _line("all", [self.total(column) for column in COLUMNS])


def _line(first: str, others: Sequence[object]) -> str:
    return f"{first:38}" + "".join(f"{other:>17}" for other in others)
