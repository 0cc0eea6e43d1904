"""Digests of an event's object as it is now and as it was before, by which equal ones and predecessors are known."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple


class Digests(NamedTuple):
    """`before` is of the object with the update undone; None if the event is about no update."""

    now: str
    before: str | None


def digests(obj: Mapping[str, Any], previous: Mapping[str, Any] | None) -> Digests:
    """The digests of an event's `data.object` and of what its `previous_attributes` say that it was."""
    return Digests(_digest(obj), _digest(undo(obj, previous)) if previous else None)


def undo(obj: Mapping[str, Any], previous: Mapping[str, Any]) -> dict[str, Any]:
    """The object before an update: `previous_attributes` laid over it, hash within hash; lists come whole."""
    undone = dict(obj)
    for key, old in previous.items():
        now = undone.get(key)
        undone[key] = undo(now, old) if isinstance(now, Mapping) and isinstance(old, Mapping) else old
    return undone


def _digest(obj: Mapping[str, Any]) -> str:
    canonical = json.dumps(_without_nulls(obj), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _without_nulls(obj: Mapping[str, Any]) -> dict[str, Any]:
    """`obj` without what is null: `previous_attributes` calls a metadata key null that was not there at all."""
    return {
        key: _without_nulls(inner) if isinstance(inner, dict) else inner
        for key, inner in obj.items()
        if inner is not None
    }
