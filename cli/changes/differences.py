"""Compares the decisions of two versions of the code, in sentences that a person reads."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

type Step = Mapping[str, Any]
"""A decision as cli/changes/play.py prints it."""

OF_NO_CONCERN = frozenset({"version", "record"})
"""Fields of an announcement that differ only because an earlier decision differs."""


@dataclass(frozen=True)
class Difference:
    """One way in which a decision differs.

    Args:
        about: `mail`, `announcement`, `message`, `erasure`, `error` or `record`.
        says: the difference without ids, the same for all events that differ in this way.
        event_type: the event's type.
        where: the story, and the number of the event in it.
    """

    about: str
    says: str
    event_type: str
    where: str


def differences(
    story: str, before: Iterable[Step], after: Iterable[Step], *, masked: bool = False
) -> Iterator[Difference]:
    """The differences between two runs of one story; `masked` shows no value, and names an event by its id."""
    old, new = _by_event(before), _by_event(after)
    for number, place in enumerate(dict.fromkeys([*old, *new]), start=1):
        one, other = old.get(place, {}), new.get(place, {})
        event_type = str(one.get("type") or other.get("type") or "the story's end")
        for about, says in _of_step(one, other, masked=masked):
            yield Difference(about, says, event_type, place[0] if masked else f"{story}, event {number}")


def _by_event(steps: Iterable[Step]) -> dict[tuple[str, int], Step]:
    """Each step by its event's id, and by how often the event came before: our own messages may come or go."""
    found: dict[tuple[str, int], Step] = {}
    for step in steps:
        name = str(step.get("id", "its end"))
        found[name, sum(1 for known, _ in found if known == name)] = step
    return found


def _of_step(before: Step, after: Step, *, masked: bool) -> Iterator[tuple[str, str]]:
    if not before or not after:
        yield "message", "a scheduled message no longer comes" if before else "a further scheduled message comes"
    if before.get("error") != after.get("error"):
        yield "error", f"{before.get('error') or 'decided'} → {after.get('error') or 'decided'}"
    yield from _of_effects(before.get("then", ()), after.get("then", ()), masked=masked)
    yield from _of_records(before.get("saves", {}), after.get("saves", {}))


def _of_effects(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], *, masked: bool
) -> Iterator[tuple[str, str]]:
    old, new = ({_name(one): one for one in effects} for effects in (before, after))
    for name in dict.fromkeys([*old, *new]):
        about, what = name[:2]
        if name not in new:
            yield about, f"{what} is gone"
        elif name not in old:
            yield about, f"{what} is new"
        else:
            for field, was, now in _changed(old[name], new[name]):
                yield about, f"{what}: {field} {'differs' if masked else f'{was} → {now}'}"


def _name(effect: Mapping[str, Any]) -> tuple[str, str, str]:
    """What the effect is about, its name, and what tells it from others of that name."""
    match effect["kind"]:
        case "email":
            return "mail", f"`{effect['template']}`", str(effect["key"])
        case "publish":
            return "announcement", f"`{effect['name']}`", str(effect["id"])
        case "remind":
            return "message", f"`{effect['type']}`", str(effect["about"])
        case kind:
            return "erasure" if kind in {"export", "erase"} else "message", f"`{kind}`", str(effect.get("object"))


def _of_records(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in dict.fromkeys([*before, *after]):
        kind = f"`{key.rpartition('/')[2].partition('#')[0]}`"
        if key not in after:
            yield "record", f"{kind} is not saved"
        elif key not in before:
            yield "record", f"{kind} is saved"
        else:
            fields = {field.partition(".")[0] for field, _, _ in _changed(before[key], after[key])}
            yield from (("record", f"{kind}: `{field}` differs") for field in sorted(fields))


def _changed(before: object, after: object, path: str = "") -> Iterator[tuple[str, str, str]]:
    """The path of each value that differs, and the value before and after."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for field in dict.fromkeys([*before, *after]):
            if field not in OF_NO_CONCERN:
                yield from _changed(before.get(field), after.get(field), f"{path}.{field}" if path else str(field))
    elif before != after:
        yield path, _shown(before), _shown(after)


def _shown(value: object) -> str:
    return "nothing" if value is None else f"`{str(value)[:60]}`"
