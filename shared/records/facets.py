"""A facet: the one truth about one Stripe object, computed from the events about it, in whatever order they come.

Stripe delivers in any order, and `created` has one-second resolution. So a facet keeps every candidate of its newest
second, and the winner is computed from that set: the same events end in the same facet, however they were shuffled.
"""

from functools import partial
from typing import Any

from shared.messages.internal_types import is_observed
from shared.stripe_objects.event import Event
from shared.stripe_objects.snapshot import Snapshot
from shared.values.frozen import Frozen


class Candidate[Value: Snapshot](Frozen):
    """One event's claim to be the newest word: `digest` is of the object, `undone` of it before the event."""

    event: str
    verb: int
    digest: str
    before: str | None = None
    value: Value


class Facet[Value: Snapshot](Frozen):
    """All candidates of the newest second seen (of the newest final one, if any is final), no two alike."""

    second: int
    candidates: tuple[Candidate[Value], ...]

    @property
    def value(self) -> Value:
        """The winner: final, else the last verb, else no other's predecessor, else by rank, then by event id."""
        if len(self.candidates) == 1:
            return self.candidates[0].value
        return max(self.candidates, key=partial(_precedence, {one.before for one in self.candidates})).value


def _precedence(predecessors: set[str | None], one: Candidate[Any]) -> tuple[bool, int, bool, int, str]:
    return one.value.final, one.verb, one.digest not in predecessors, one.value.rank, one.event


def merge[Value: Snapshot](facet: Facet[Value] | None, event: Event, value: Value) -> Facet[Value]:
    """`facet` with what `event` says: what is final stays, a newer second replaces, the same joins."""
    kind: Any = type(value)  # pydantic stores a generic by its parameter, which only the value knows
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
    # Two events for one change carry equal objects: of such twins the one with the smallest id stands for both.
    twins = {
        (one.digest, one.verb, one.before): one for one in sorted((*facet.candidates, mine), key=_by_id, reverse=True)
    }
    return Facet[kind](second=second, candidates=tuple(sorted(twins.values(), key=_by_id)))


def _standing(facet: Facet[Any]) -> tuple[bool, int]:
    """What is final stays, since Stripe reopens nothing; else the newer second is the truth."""
    return facet.value.final, facet.second


def _by_id(candidate: Candidate[Any]) -> str:
    return candidate.event


def _verb(event_type: str) -> int:
    """Deleted comes after updated, and updated after created; every other verb speaks of an update.

    An observation comes first: in its own second, an event may be newer.
    """
    if is_observed(event_type):
        return -1
    return {"created": 0, "deleted": 2}.get(event_type.rpartition(".")[2], 1)
