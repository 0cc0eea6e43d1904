"""The schemas of the items in the table `access` are contracts: no field is removed, or changes its type."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.samples.lists import ACCESS_SCHEMA, SESSION_SCHEMA, access_schema, session_schema

FROZEN = Path(__file__).parent / "access.v1.frozen.json"
"""The schema as readers first got it; it is never rewritten."""
FROZEN_SESSION = Path(__file__).parent / "session.v1.frozen.json"
"""Likewise, of what came of a Checkout session."""

type Schema = dict[str, Any]


def types(schema: Schema, whole: Schema, place: str = "") -> Iterator[tuple[str, str]]:
    """Each field by its place, with the type that a reader finds there."""
    if "$ref" in schema:
        yield from types(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, place)
    elif "anyOf" in schema:
        for one in schema["anyOf"]:
            yield from types(one, whole, place)
    else:
        yield place, json.dumps({key: schema.get(key) for key in ("type", "const")}, sort_keys=True)
        for word in schema.get("enum", ()):
            yield place, f"may say {word}"
        for name, field in schema.get("properties", {}).items():
            yield from types(field, whole, f"{place}.{name}")
        for beginning, field in schema.get("patternProperties", {}).items():
            yield from types(field, whole, f"{place}.{beginning}")
        for inner in ("items", "additionalProperties"):
            if isinstance(schema.get(inner), dict):
                yield from types(schema[inner], whole, f"{place}[]")


def breaks(old: Schema, new: Schema) -> list[str]:
    """What a reader of `old` would miss, or find in another type, in an item of `new`."""
    before, after = set(types(old, old)), set(types(new, new))
    known = {place for place, _ in before}
    # A new word is no break: readers are told to expect words that they do not know.
    other = {(place, kind) for place, kind in after - before if place in known and not kind.startswith("may say")}
    return sorted(f"{place}: {kind}" for place, kind in (before - after) | other)


def test_the_documented_schema_is_the_models() -> None:
    assert ACCESS_SCHEMA.read_text() == access_schema(), "run `make wrap`"
    assert SESSION_SCHEMA.read_text() == session_schema(), "run `make wrap`"


def test_nothing_that_a_reader_relies_on_is_gone_or_of_another_type() -> None:
    assert breaks(json.loads(FROZEN.read_text()), json.loads(access_schema())) == []
    assert breaks(json.loads(FROZEN_SESSION.read_text()), json.loads(session_schema())) == []


@pytest.mark.parametrize("field", ["plan", "limits", "subscriptions", "access"])
def test_a_field_that_is_removed_or_changes_its_type_breaks_readers(field: str) -> None:
    old = json.loads(FROZEN.read_text())
    without = old | {"properties": {name: one for name, one in old["properties"].items() if name != field}}
    retyped = old | {"properties": old["properties"] | {field: {"type": "number"}}}
    more = old | {"properties": old["properties"] | {"another": {"type": "string"}}}
    assert breaks(old, without)
    assert breaks(old, retyped)
    assert breaks(old, more) == []


def test_a_status_that_is_said_no_more_breaks_readers() -> None:
    old = json.loads(FROZEN.read_text())
    fewer = json.loads(FROZEN.read_text().replace('"grace",', ""))
    assert fewer != old
    assert breaks(old, fewer)
