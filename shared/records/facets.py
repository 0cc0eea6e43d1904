"""A facet: the state of one Stripe object, computed from its events; any order of them gives the same state.

Stripe delivers events in any order, and `created` has a resolution of one second. So a facet keeps every candidate of
its newest second and computes the winner from them.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Self

from shared.messages.internal_types import is_observed
from shared.stripe_objects.event import Event
from shared.stripe_objects.snapshot import Snapshot
from shared.values import keys
from shared.values.frozen import Frozen

EARLIEST = 8
"""How many values keep their first time, so that a hostile account cannot grow the record."""


class Candidate[Value: Snapshot](Frozen):
    """The object as one event tells it; `digest` is of the object after the event, `before` of it before."""

    event: str
    verb: int
    digest: str
    before: str | None = None
    value: Value


class Facet[Value: Snapshot](Frozen):
    """The distinct candidates of the newest second; once a status is final, of the newest second with a final one."""

    second: int
    candidates: tuple[Candidate[Value], ...]

    @property
    def value(self) -> Value:
        """The winner: by final status, later verb, no successor among the others, higher rank, larger event id."""
        if len(self.candidates) == 1:
            return self.candidates[0].value
        return max(self.candidates, key=partial(_precedence, {one.before for one in self.candidates})).value


def _precedence(predecessors: set[str | None], one: Candidate[Any]) -> tuple[bool, int, bool, int, str]:
    return one.value.final, one.verb, one.digest not in predecessors, one.value.rank, one.event


def merge[Value: Snapshot](facet: Facet[Value] | None, event: Event, value: Value) -> Facet[Value]:
    """`facet` with one more event: a newer second replaces it, and the same second adds a candidate.

    A final status is never replaced by one that is not.
    """
    kind: Any = type(value)  # pydantic stores a generic by its type parameter, which only the value knows
    mine = Candidate[kind](
        event=event.id,
        verb=_verb(event.type),
        digest=event.digests.now,
        before=event.digests.before,
        value=value,
    )
    second = event.created if value.as_of is None else min(event.created, value.as_of)
    fresh = Facet[kind](second=second, candidates=(mine,))
    if facet is None or _standing(fresh) > _standing(facet):
        return fresh
    if _standing(fresh) < _standing(facet):
        return facet
    # Two events about one change carry equal objects; the event with the smaller id stands for both.
    twins = {
        (one.digest, one.verb, one.before): one for one in sorted((*facet.candidates, mine), key=_by_id, reverse=True)
    }
    return Facet[kind](second=second, candidates=tuple(sorted(twins.values(), key=_by_id)))


def _standing(facet: Facet[Any]) -> tuple[bool, int]:
    """A final status beats any other, since Stripe reopens nothing; otherwise the newer second wins."""
    return facet.value.final, facet.second


def _by_id(candidate: Candidate[Any]) -> str:
    return candidate.event


def _verb(event_type: str) -> int:
    """The order within one second: created, updated, deleted. Any other verb counts as updated.

    An observation comes before all, because an event of the same second may be newer.
    """
    if is_observed(event_type):
        return -1
    return {"created": 0, "deleted": 2}.get(event_type.rpartition(".")[2], 1)


class Tellings(Frozen):
    """When events told the values of one field, such as an address; any order of events gives the same tellings.

    The values are digests, and the times are epoch seconds.

    Args:
        first: the first time of the values that were told earliest.
        last: the last time of the two values that were told latest.
    """

    first: Mapping[str, int] = {}
    last: Mapping[str, int] = {}

    def told(self, value: str, since: int, as_of: int) -> Self:
        """A copy with one more telling of `value`: told first at `since` at the latest, and still true at `as_of`."""
        name = _digest(value)
        first = {**self.first, name: min(since, self.first.get(name, since))}
        last = {**self.last, name: max(as_of, self.last.get(name, as_of))}
        earliest = sorted(first, key=lambda one: (first[one], one))[:EARLIEST]
        newest = sorted(last, key=lambda one: (last[one], one))[-2:]
        return self.model_copy(
            update={"first": {one: first[one] for one in earliest}, "last": {one: last[one] for one in newest}}
        )

    def changed_at(self, value: str) -> int | None:
        """When another value became `value`, in epoch seconds, or a later time; None if no other value is known.

        A value that comes back after another one counts as changed when it was told last. The tellings between are
        not kept.
        """
        name = _digest(value)
        others = [at for one, at in self.last.items() if one != name]
        if not others:
            return None
        first = self.first.get(name)
        return first if first is not None and first >= max(others) else self.last.get(name, max(others))


def _digest(value: str) -> str:
    return keys.digest(value.strip().lower())[:16]
