"""The dead letters that a redrive takes, selected by the inbox: of one queue, one cause, and as the filters say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.see.dead import QUEUES, deaths_of
from cli.see.filters import Filters


@dataclass(frozen=True)
class Letter:
    """A dead letter that the inbox knows: its event, why it died, and when, in epoch milliseconds."""

    event_id: str
    error: str
    failed_ms: int
    item: Mapping[str, Any]


def letters_in(unfinished: Iterable[Mapping[str, Any]], queue: str) -> Iterator[Letter]:
    """The dead letters of a queue among the unfinished events."""
    for item in unfinished:
        for place, error, failed_ms in deaths_of(item):
            if place == queue:
                yield Letter(str(item["id"]), error, failed_ms, item)


def chosen(letters: Iterable[Letter], cause: str, filters: Filters, most: int | None) -> list[Letter]:
    """The letters whose error holds `cause` and that the filters want, the oldest first, `most` at most."""
    found = [
        one for one in letters if cause.lower() in one.error.lower() and filters.match({**one.item, "error": one.error})
    ]
    return sorted(found, key=lambda one: one.failed_ms)[:most]


def holding_of(item: Mapping[str, Any], queue: str) -> tuple[str, str]:
    """The state and the fencing token of an event, as a plan pins them: of a lane, or of the event itself."""
    lane = QUEUES[queue]
    if lane == "events":
        return item.get("state", "unknown to the inbox"), item.get("token", "")
    holder = item.get(f"{lane}_holder", {})
    if f"{lane}_owed" not in item:
        return f"owes no {lane}", holder.get("token", "")
    return f"{lane} given up" if "failed_ms" in holder else f"{lane} owed", holder.get("token", "")


def causes_of(letters: Sequence[Letter]) -> dict[str, int]:
    """The errors of the letters, each with how many there are; the most frequent first."""
    counts: dict[str, int] = {}
    for one in letters:
        counts[one.error] = counts.get(one.error, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))
