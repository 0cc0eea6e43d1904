"""The outbox: the effects that a committed event still owes, kept on its inbox item until they are performed.

A mail's address and words are personal data, so they lie in the customer's partition, on the item that claims its key.
The outbox only points there: it holds ids alone, stays small, and erasing the partition erases the mail that is owed.

The commit writes the outbox once. The effects worker keeps an entry's attempts, next try and outcome beside it, in
`progress`, under the entry's place in the outbox. It only takes announcements out once they are published.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from shared.effects.announcement import Announcement
from shared.effects.effect import Effect
from shared.effects.email import Email
from shared.effects.erasure import Erase, Export
from shared.effects.observe import Observe
from shared.effects.remind import Remind
from shared.inbox.lanes import LANES, Lane
from shared.inbox.progress import Progress
from shared.values.frozen import Frozen


class _Entry(Frozen):
    """An entry's version, and the place of the entry that it waits for: a farewell mail waits for its export.

    The mail about an incomplete list of items waits for the observation that reads the whole list.
    """

    v: int = 1
    after: int | None = None
    outcome: str | None = None
    """The outcome in items that older code wrote; newer code keeps it in `progress`."""


class OwedMail(_Entry):
    """A mail, by where its claim lies."""

    kind: Literal["email"] = "email"
    partition: str
    key: str


class OwedReminder(_Entry):
    """A schedule to create, whole."""

    kind: Literal["remind"] = "remind"
    remind: Remind


class OwedPublish(_Entry):
    """The announcements of an event, published in one call."""

    kind: Literal["publish"] = "publish"
    announcements: tuple[Announcement, ...] = ()


class OwedExport(_Entry):
    """An export to write, whole."""

    kind: Literal["export"] = "export"
    export: Export


class OwedErasure(_Entry):
    """An erasure, whole."""

    kind: Literal["erase"] = "erase"
    erase: Erase


class OwedObservation(_Entry):
    """An object to read at Stripe, whole."""

    kind: Literal["observe"] = "observe"
    observe: Observe


type Owed = Annotated[
    OwedMail | OwedReminder | OwedPublish | OwedExport | OwedErasure | OwedObservation, Field(discriminator="kind")
]

_OUTBOX: TypeAdapter[tuple[Owed, ...]] = TypeAdapter(tuple[Owed, ...])


def owed_for(effects: Collection[Effect]) -> tuple[Owed, ...]:
    """The outbox of a decision: exports and erasures before what waits for them, mails last.

    Announcements do not wait for Stripe's answers. A summary tells of a counted mail, so the outbox leaves it out.
    """
    exports = [OwedExport(export=effect) for effect in effects if isinstance(effect, Export)]
    erasures = [OwedErasure(erase=effect) for effect in effects if isinstance(effect, Erase)]
    reminders = [OwedReminder(remind=effect) for effect in effects if isinstance(effect, Remind)]
    observations = [OwedObservation(observe=effect) for effect in effects if isinstance(effect, Observe)]
    exported = 0 if exports else None
    erased = len(exports) if erasures else None
    announcements = tuple(effect for effect in effects if isinstance(effect, Announcement))
    published = [OwedPublish(announcements=announcements, after=erased)] if announcements else []
    first: tuple[Owed, ...] = (*exports, *erasures, *reminders, *published, *observations)
    looked = next((place for place, one in enumerate(first) if _reads_items(one)), None)
    mails = [
        OwedMail(
            partition=one.partition,
            key=one.key,
            after=exported if one.data.get("export") else looked if one.template == "items_incomplete" else None,
        )
        for one in effects
        if isinstance(one, Email) and one.counted_as is None
    ]
    return (*first, *mails)


def _reads_items(owed: Owed) -> bool:
    return isinstance(owed, OwedObservation) and owed.observe.object == "subscription"


def with_waits(outbox: tuple[Owed, ...]) -> tuple[Owed, ...]:
    """An outbox of older code, which performed its entries in order, with explicit waits."""
    exported, erased = (
        next((place for place, owed in enumerate(outbox) if isinstance(owed, kind)), None)
        for kind in (OwedExport, OwedErasure)
    )
    waits: dict[type[_Entry], int | None] = {OwedMail: exported, OwedPublish: erased}
    return tuple(owed.model_copy(update={"after": waits.get(type(owed))}) for owed in outbox)


def without_announcements(outbox: tuple[Owed, ...]) -> tuple[Owed, ...]:
    """The outbox after publishing, without announcements: their metadata must not stay in the inbox."""
    return tuple(OwedPublish(after=owed.after) if isinstance(owed, OwedPublish) else owed for owed in outbox)


def lane_of(owed: Owed) -> Lane:
    """The lane that an entry is performed in."""
    return "mails" if isinstance(owed, OwedMail) else "effects"


def lanes_of(outbox: Collection[Owed]) -> tuple[Lane, ...]:
    """The lanes that a new outbox needs; empty if it owes nothing."""
    used = {lane_of(owed) for owed in outbox}
    return tuple(lane for lane in LANES if lane in used)


def owing(item: Mapping[str, Any]) -> tuple[Lane, ...]:
    """The lanes that an inbox item still owes something in; `item` holds plain values."""
    if "progress" in item:
        return tuple(lane for lane in LANES if f"{lane}_owed" in item)
    return lanes_of([owed for owed in load(item.get("outbox", "[]")) if owed.outcome is None])


def progress_of(item: Mapping[str, Any], outbox: tuple[Owed, ...]) -> dict[int, Progress]:
    """How far each entry of an item's outbox is, by its place."""
    stored = item.get("progress", {})
    return {place: _progress(owed, stored.get(str(place))) for place, owed in enumerate(outbox)}


def _progress(owed: Owed, stored: Mapping[str, Any] | None) -> Progress:
    return Progress.model_validate(stored) if stored else Progress(outcome=owed.outcome)


def in_lane(outbox: tuple[Owed, ...], lane: Lane) -> Iterator[tuple[int, Owed]]:
    """The entries of a lane, each with its place in the outbox."""
    return ((place, owed) for place, owed in enumerate(outbox) if lane_of(owed) == lane)


def dump(outbox: tuple[Owed, ...]) -> str:
    """As stored."""
    return _OUTBOX.dump_json(outbox, exclude_none=True).decode()


def load(stored: str) -> tuple[Owed, ...]:
    """As stored by this or older code."""
    return _OUTBOX.validate_json(stored)
