"""A story: events in the order in which they happened, and the mails that they send in any order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.stripe_objects.event import Event

DAY = 24 * 3600


@dataclass(frozen=True)
class Story:
    """Events in the order in which they happened.

    Args:
        must: the mails that are sent in any order.
        may: the mails that are sent only if their event comes before the event that overtakes them.
        silenced: by mail, the position of the event that contradicts it; after that event it must not be sent.
    """

    events: tuple[Event, ...]
    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    silenced: Mapping[str, int] = field(default_factory=dict)


def of(*mails: str) -> frozenset[str]:
    return frozenset(mails)
