"""A story: events in the order in which they happened, and what is said to its people whatever order they come in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.stripe_objects.event import Event

DAY = 24 * 3600


@dataclass(frozen=True)
class Story:
    """Events in the order in which they happened.

    Args:
        must: the mails that are sent whatever the order.
        may: those that are sent only where their own news come before what overtakes them.
        silenced: by which event's position a mail is contradicted; it must not be sent once that was told.
    """

    events: tuple[Event, ...]
    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    silenced: Mapping[str, int] = field(default_factory=dict)


def of(*mails: str) -> frozenset[str]:
    return frozenset(mails)
