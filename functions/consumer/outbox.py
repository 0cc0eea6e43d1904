"""The outbox: the effects that a committed event still owes, kept on its inbox item until they are performed.

A mail's address and words are personal data, so they lie in the customer's partition, on the item that claims its key;
the outbox only points there. It holds ids alone, stays small, and erasing the partition erases what is owed.
"""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared.effects import Effect, Email, Erase, Export, Publish, Remind
from shared.frozen import Frozen


class _Entry(Frozen):
    """What all entries have: the version they are written in, and, once performed or given up, what became of them."""

    v: int = 1
    outcome: str | None = None


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
    """All that is to be announced, in one call; once it is, only the outcome is kept."""

    kind: Literal["publish"] = "publish"
    announcements: tuple[Publish, ...] = ()


class OwedExport(_Entry):
    """An export to write, whole."""

    kind: Literal["export"] = "export"
    export: Export


class OwedErasure(_Entry):
    """An erasure, whole."""

    kind: Literal["erase"] = "erase"
    erase: Erase


type Owed = Annotated[OwedMail | OwedReminder | OwedPublish | OwedExport | OwedErasure, Field(discriminator="kind")]

_OUTBOX: TypeAdapter[tuple[Owed, ...]] = TypeAdapter(tuple[Owed, ...])


def owed_for(effects: Collection[Effect]) -> tuple[Owed, ...]:
    """The outbox of a decision: what can be repeated safely first, mails last, so that few marks are needed."""
    reminders = [OwedReminder(remind=effect) for effect in effects if isinstance(effect, Remind)]
    exports = [OwedExport(export=effect) for effect in effects if isinstance(effect, Export)]
    erasures = [OwedErasure(erase=effect) for effect in effects if isinstance(effect, Erase)]
    announcements = tuple(effect for effect in effects if isinstance(effect, Publish))
    mails = [OwedMail(partition=one.partition, key=one.key) for one in effects if isinstance(one, Email)]
    published = [OwedPublish(announcements=announcements)] if announcements else []
    return (*reminders, *exports, *erasures, *published, *mails)


def dump(outbox: tuple[Owed, ...]) -> str:
    """As stored."""
    return _OUTBOX.dump_json(outbox, exclude_none=True).decode()


def load(stored: str) -> tuple[Owed, ...]:
    """As stored by this or older code."""
    return _OUTBOX.validate_json(stored)
