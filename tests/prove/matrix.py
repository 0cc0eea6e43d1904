"""The crash matrix: each message is played once undisturbed, and once more for each fault at each of its calls."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.prove.compare import compare
from tests.prove.stage import Kept
from tests.prove.theatre import Act, Theatre
from tests.prove.wire import Fault, Point

COLUMNS = ("messages", "calls", "points", "divergences", "mail twice", "announced twice")


@dataclass
class Tally:
    """What was tried and what came of it, by handler."""

    rows: dict[str, Counter[str]] = field(default_factory=dict)
    divergences: list[str] = field(default_factory=list)

    def add(self, handler: str, **counted: int) -> None:
        """Count."""
        self.rows.setdefault(handler, Counter()).update(counted)

    def total(self, column: str) -> int:
        """Of all handlers."""
        return sum(row[column] for row in self.rows.values())

    def lines(self) -> Iterator[str]:
        """The table."""
        yield f"{'handler':40}" + "".join(f"{column:>17}" for column in COLUMNS)
        for handler, row in sorted(self.rows.items()):
            yield f"{handler:40}" + "".join(f"{row[column]:17}" for column in COLUMNS)
        yield f"{'all':40}" + "".join(f"{self.total(column):17}" for column in COLUMNS)


def try_all(theatre: Theatre, act: Act, tally: Tally) -> Kept:
    """Every fault at every call of `act`, from how the stage is now; the stage is left as undisturbed as can be."""
    stage = theatre.stage
    before = stage.keep()
    calls = theatre.play(act)
    undisturbed, after = stage.look(), stage.keep()
    tally.add(act.handler, messages=1, calls=len(calls))
    for point in points(calls):
        stage.put_back(before)
        theatre.play(act, point)
        found = compare(undisturbed, stage.look(), calls, point)
        tally.add(
            act.handler,
            points=1,
            divergences=bool(found.differences),
        )
        tally.rows[act.handler]["mail twice"] += found.mails_twice > 0
        tally.rows[act.handler]["announced twice"] += found.announced_twice > 0
        where = f"{act.name}, call {point.call} ({calls[point.call]}), {point.fault}"
        tally.divergences += [f"{where}: {difference}" for difference in found.differences]
    stage.put_back(after)
    return after


def points(calls: Iterable[str]) -> Iterator[Point]:
    """Each fault at each call."""
    for number, _call in enumerate(calls):
        for fault in Fault:
            yield Point(number, fault)
