"""The outbox: the effects that a committed event still owes, kept on its inbox item until they are performed.

A mail's address and words are personal data, so they lie in the customer's partition, on the item that claims its key;
the outbox only points there. It holds ids alone, stays small, and erasing the partition erases what is owed.
"""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared.effects import Effect, Email, Erase, Export, Publish, Remind
from shared.frozen import Frozen


class OwedMail(Frozen):
    """A mail, by where its claim lies; `outcome` is None until it was handed to SES or given up."""

    kind: Literal["email"] = "email"
    v: int = 1
    partition: str
    key: str
    outcome: str | None = None


class OwedReminder(Frozen):
    """A schedule to create, whole."""

    kind: Literal["remind"] = "remind"
    v: int = 1
    remind: Remind
    outcome: str | None = None


class OwedPublish(Frozen):
    """All that is to be announced, in one call; once it is, only the outcome is kept."""

    kind: Literal["publish"] = "publish"
    v: int = 1
    announcements: tuple[Publish, ...] = ()
    outcome: str | None = None


class OwedExport(Frozen):
    """An export to write, whole."""

    kind: Literal["export"] = "export"
    v: int = 1
    export: Export
    outcome: str | None = None


class OwedErasure(Frozen):
    """An erasure, whole."""

    kind: Literal["erase"] = "erase"
    v: int = 1
    erase: Erase
    outcome: str | None = None


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
