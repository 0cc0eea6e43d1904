"""Digests of an event's object after and before the event; they tell equal objects and predecessors."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple


class Digests(NamedTuple):
    """`now` is the digest after the event, `before` the one before it; None if the event is about no update."""

    now: str
    before: str | None


def digests(obj: Mapping[str, Any], previous: Mapping[str, Any] | None) -> Digests:
    """The digests of `data.object`, and of the object before the changes in `previous_attributes`."""
    return Digests(_digest(obj), _digest(undo(obj, previous)) if previous else None)


def undo(obj: Mapping[str, Any], previous: Mapping[str, Any]) -> dict[str, Any]:
    """The object before an update: the old values replace the new ones, nested objects included; lists come whole."""
    undone = dict(obj)
    for key, old in previous.items():
        now = undone.get(key)
        undone[key] = undo(now, old) if isinstance(now, Mapping) and isinstance(old, Mapping) else old
    return undone


def _digest(obj: Mapping[str, Any]) -> str:
    canonical = json.dumps(_without_nulls(obj), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _without_nulls(obj: Mapping[str, Any]) -> dict[str, Any]:
    """`obj` without nulls: `previous_attributes` has null for a metadata key that did not exist."""
    return {
        key: _without_nulls(inner) if isinstance(inner, dict) else inner
        for key, inner in obj.items()
        if inner is not None
    }
