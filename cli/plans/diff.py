"""`billhook plans diff`: whose plan, features or limits the plans.toml of this checkout would change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.bounds import Most
from cli.plans.affected import Affected, Reader
from cli.plans.check import refuse_mistakes
from cli.see.screen import Screen, counted
from cli.where import HERE, Where
from cli.why.deployed import settings_of
from functions.consumer.settings import policy_of

EXAMPLES = 3
"""How many customers a group names."""


@dataclass
class Group:
    """The customers with one and the same change."""

    changes: Mapping[str, tuple[Any, Any]]
    count: int = 0
    examples: list[str] = field(default_factory=list)


def diff(*, most: Most = None, everyone: bool = False, json: bool = False, where: Where = HERE) -> None:
    """Show whose plan, features or limits would change.

    The command reads the whole table of access items, a read unit for each 8 KB, and the record of each customer whose
    item other rules have made. It computes their items again with the plans.toml of this checkout and the parameters of
    the stack. Nothing is changed.

    Args:
        most: stop after so many customers with items of other rules.
        everyone: read the whole table of books, too, for customers from before the table of access items.
        json: print the groups as JSON.
        where: the stack.
    """
    refuse_mistakes()
    reader = reader_of(where)
    groups, without = grouped(reader.affected(most, everyone=everyone))
    screen = Screen()
    if json:
        screen.json({**_read(reader), "without_item": without, "groups": [vars(one) for one in groups]})
        return
    show(screen, groups, without)
    screen.say((f"{_told(reader)}; {reader.units:.0f} read units", "dim"))


def reader_of(where: Where) -> Reader:
    """A reader of the stack's tables, with the rules of this checkout; raises botocore's errors if AWS refuses."""
    return Reader(where.client("dynamodb"), where.name, policy_of(settings_of(where)))


def grouped(found: Iterable[Affected]) -> tuple[list[Group], int]:
    """The customers by their change, the largest group first, and how many have no item; the empty change is one."""
    groups, without = dict[str, Group](), 0
    for one in found:
        if one.was is None:
            without += 1
            continue
        group = groups.setdefault(repr(one.changes), Group(one.changes))
        group.count += 1
        if len(group.examples) < EXAMPLES:
            group.examples.append(one.partition)
    return sorted(groups.values(), key=lambda one: -one.count), without


def show(screen: Screen, groups: list[Group], without: int) -> None:
    """Print each group with its examples."""
    for group in groups:
        what = "; ".join(_words(group.changes)) or "nothing would change"
        screen.say(f"{counted(group.count, 'customer')}: {what}")
        if group.changes:
            screen.say((f"  such as {', '.join(group.examples)}", "dim"))
    if without:
        screen.say(f"{counted(without, 'customer')} without an access item would get one")
    if not groups and not without:
        screen.say("no item would change: each has the rules of this plans.toml")


def _words(changes: Mapping[str, tuple[Any, Any]]) -> Iterable[str]:
    """Each change in words: `plan studio -> agency`, `features + sso - exports`, `limit seats 5 -> 20`."""
    for name, (was, now) in changes.items():
        if name == "features":
            signed = [f"+ {one}" for one in now if one not in was] + [f"- {one}" for one in was if one not in now]
            yield f"features {' '.join(signed)}"
        elif name == "limits":
            for limit in sorted({*was, *now}):
                if was.get(limit) != now.get(limit):
                    yield f"limit {limit} {was.get(limit, 'none')} -> {now.get(limit, 'none')}"
        else:
            yield f"{name} {_word(was)} -> {_word(now)}"


def _word(value: str | bool | None) -> str:  # noqa: FBT001 - a value of an item
    return {None: "none", True: "yes", False: "no"}.get(value, str(value)) if not isinstance(value, str) else value


def _read(reader: Reader) -> dict[str, Any]:
    return {"items": reader.read["items"], "records": reader.read["records"], "read_units": reader.units}


def _told(reader: Reader) -> str:
    return f"read {counted(reader.read['items'], 'item')} and {counted(reader.read['records'], 'record')}"
