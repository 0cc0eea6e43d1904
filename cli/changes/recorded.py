"""Compares the decisions of the working tree with those that the journals of a stack recorded."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cli.changes.archived import Archived
from cli.changes.differences import Difference
from cli.see.words import fact
from shared.decisions.journal import Journal

ABOUT = {"mail": "mail", "announce": "announcement", "export": "erasure", "erase": "erasure"}
"""The heading of each kind of effect in a journal; the others are messages."""


def since_recorded(archived: Archived, after: Mapping[str, Iterable[Mapping[str, Any]]]) -> Iterator[Difference]:
    """The differences of the events that were asked for; `after` has the steps of each story."""
    for story in sorted(archived.whole):
        for step in after[story]:
            event_id = str(step.get("id", ""))
            journal = archived.journals.get(event_id)
            if event_id in archived.asked and journal:
                found = _of_step(journal, step)
                yield from (Difference(about, says, str(step["type"]), event_id) for about, says in found)


def _of_step(journal: Journal, step: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "error" in step:
        yield "error", f"decided → {step['error']}"
        return
    now = Journal.model_validate(step["journal"])
    for name in dict.fromkeys([*journal.effects, *now.effects]):
        if name not in now.effects or name not in journal.effects:
            kind, _, rest = name.partition(" ")
            what = "" if kind == "announce" else f" `{rest.partition(' ')[0]}`" if kind in {"mail", "schedule"} else ""
            yield ABOUT.get(kind, "message"), f"{kind}{what} is {'new' if name in now.effects else 'gone'}"
    for place in dict.fromkeys([*journal.changed, *now.changed]):
        was, will = journal.changed.get(place, {}), now.changed.get(place, {})
        for name in dict.fromkeys([*was, *will]):
            if name not in was or name not in will or was[name][1] != will[name][1]:
                before, after = (fact(name, one[name][1]) if name in one else "unchanged" for one in (was, will))
                yield "record", f"`{name}` becomes: {before} → {after}"
