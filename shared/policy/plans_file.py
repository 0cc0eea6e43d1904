"""The file `business/plans.toml` as text: it is read into plans, or each mistake is named with its line."""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.policy.plans import AccessRules, OrderRules, Plan, Plans
from shared.runtime.business import PLANS

type Place = tuple[str, ...]
"""The names of the tables and of the key, from the outside in."""
type Fault = Mapping[str, Any]
"""An error of pydantic's."""
type Mistake = tuple[int, str]
"""The line, and what is wrong there and what to write."""

INSTEAD = {
    "int_type": "is no whole number: write a number without quotes, such as 5",
    "int_from_float": "is no whole number: write one, such as 5",
    "greater_than_equal": "is below 0: write 0 or more, or leave the line out",
    "string_type": 'is no text: write it in quotes, such as "studio_monthly"',
    "tuple_type": 'is no list: write ["…"]',
    "frozen_set_type": 'is no list: write ["…"]',
    "dict_type": "is no table: write { seats = 5 }",
    "model_type": "is no table: write the name in brackets, and its keys on the lines below",
}
"""By pydantic's type of error: what is wrong, and what to write."""

ROUNDS = 3
"""The first tells of wrong keys and values, the second of a default without a plan; the third tells of nothing."""


class PlansError(ValueError):
    """plans.toml is wrong; the text has the line and the reason of each mistake."""


def read_plans() -> Plans:
    """The plans in `business/plans.toml`; raises PlansError if it is missing, or not as its comments say."""
    return parse_plans(text_of(PLANS))


def text_of(path: Path) -> str:
    """The text of a plans.toml; raises PlansError if the file is missing, or not in UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PlansError(f"{path} is missing: docs/upgrading.md says where it comes from") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PlansError(f"plans.toml, line {line}: the file is not in UTF-8: save it as UTF-8") from None


def parse_plans(text: str) -> Plans:
    """The plans in the text of a `plans.toml`; raises PlansError if it is not as the comments of the file say."""
    plans, mistakes = plans_and_mistakes(text)
    if mistakes:
        raise PlansError("\n".join(f"plans.toml, line {line}: {says}" for line, says in sorted(mistakes)))
    return plans


def plans_and_mistakes(text: str) -> tuple[Plans, list[Mistake]]:
    """The plans in the text without what is wrong, and each mistake that the types tell of."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Plans(), [_no_toml(error, text)]
    found = dict[Mistake, None]()
    for _ in range(ROUNDS):
        try:
            return Plans.model_validate(document), list(found)
        except ValidationError as error:
            faults = [one for one in error.errors(include_url=False) if not _beside(one)]
            for fault in faults:
                place = _place(document, fault["loc"] or ("default",))
                found[line_of(place, text), _said(place, fault, document)] = None
            for fault in faults:
                _leave_out(document, fault["loc"] or ("default",))
    return Plans(), list(found)


def line_of(place: Place, text: str) -> int:
    """The line of the key at `place`, else that of its table; 1 if neither is found."""
    names = [str(name) for name in place]
    headers = {f"[{'.'.join(names[:depth])}]": depth for depth in range(1, len(names) + 1)}
    found, depth = 1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.partition("#")[0].strip()
        if said.startswith("["):
            depth = headers.get(said, -1)
            found = number if depth > 0 else found
        elif 0 <= depth < len(names) and said.partition("=")[0].strip() == names[depth]:
            return number
    return found


def _no_toml(error: tomllib.TOMLDecodeError, text: str) -> Mistake:
    why, _, place = str(error).rpartition(" (at ")
    at = re.match(r"line (\d+), (column \d+)", place)
    line = int(at[1]) if at else max(1, len(text.splitlines()))
    where = f", {at[2]}" if at else ""
    return line, f"this is no TOML ({why[:1].lower()}{why[1:]}{where}): close each bracket and quote; one key a line"


def _beside(fault: Fault) -> bool:
    """Whether the fault is that a list of features is not "stripe": its names have faults of their own."""
    return fault["loc"][:1] == ("features",) and fault["type"] == "literal_error" and isinstance(fault["input"], list)


def _said(place: Place, fault: Fault, document: Mapping[str, Any]) -> str:
    """What is wrong at a place, and what to write."""
    name, value, type_ = ".".join(map(str, place)), fault["input"], str(fault["type"])
    if type_ == "value_error":
        plans = ", ".join(document.get("plans", {})) or "a plan, once the file has one"
        return f"default = {_shown(document['default'])} names no plan of this file: write {plans}"
    if type_ == "extra_forbidden":
        known = tuple(_keys_at(place))
        near = difflib.get_close_matches(str(place[-1]), known, n=1)
        return f"{name} is no key of plans.toml: write {near[0] if near else ', '.join(known)}"
    shown = f"{name} = {_shown(value)}"
    if place == ("features",) and not isinstance(value, list | int):
        return f'{shown} is no list: write ["…"], or "stripe"'
    if type_ == "literal_error":
        return f"{shown} is unknown: write {fault['ctx']['expected'].replace("'", '"')}"
    return f"{shown} {INSTEAD.get(type_) or f'is wrong: {fault["msg"]}'}"


def _keys_at(place: Place) -> Mapping[str, Any]:
    """The keys that a table of the file may have."""
    if len(place) == 1:
        return Plans.model_fields
    match place[0]:
        case "access":
            return AccessRules.model_fields
        case "orders":
            return OrderRules.model_fields
    return Plan.model_fields


def _shown(value: object) -> str:
    """A value about as the file has it."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _place(document: object, place: tuple[str | int, ...]) -> Place:
    """The part of `place` that names keys; pydantic adds numbers in lists, and its own names."""
    names: list[str] = []
    for name in map(str, place):
        if not isinstance(document, dict) or name not in document:
            break
        names.append(name)
        document = document[name]
    return tuple(names) or (str(place[0]),)


def _leave_out(document: dict[str, Any], place: tuple[str | int, ...]) -> None:
    """Leave out what is wrong; a plan keeps its name, which other lines may mention."""
    *tables, key = _place(document, place)
    inner = document
    for table in tables:
        inner = inner[table]
    if len(tables) == 1 and tables[0] in {"plans", "add_ons"} and key in inner:
        inner[key] = {}
    else:
        inner.pop(key, None)
