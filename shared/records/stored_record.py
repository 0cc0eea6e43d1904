"""What every item of the books is, and what those have in common whom mail is sent to."""

from collections.abc import Mapping
from typing import ClassVar, Self

from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.stripe_objects.objects import Contact
from shared.values import keys
from shared.values.compression import pack
from shared.values.frozen import Frozen


class Record(Frozen):
    """One item of the books. `version` counts its commits; a record at 0 was never saved.

    `versions_before` is how many commits a record had in the lives that were erased: numbers never come twice.
    """

    account: str
    subject: str
    version: int = 0
    versions_before: int = 0

    repeatable: ClassVar[bool] = False
    """Whether saving it again changes nothing, so that no version has to be minded."""
    named_by: ClassVar[tuple[str, ...]] = ("account", "subject")
    """The fields that identify the record, in the order in which `empty` takes them."""

    @classmethod
    def empty(cls, *names: str) -> Self:
        """The record at version 0, before any event has told of it; raises ValueError if a name is missing."""
        return cls.model_validate(dict(zip(cls.named_by, names, strict=True)))

    @property
    def key(self) -> keys.Key:
        """Its partition and its sort key."""
        return self.partition, self.sort_key

    @property
    def partition(self) -> str:
        """Its partition in the books."""
        return keys.partition(self.account, self.subject)

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        raise NotImplementedError

    @property
    def vacant(self) -> bool:
        """Whether it says nothing yet: a commit then only makes sure that nobody has saved it meanwhile."""
        return False

    @property
    def saved_as(self) -> int:
        """The number of its newest commit, over all lives: what its item and its announcements carry."""
        return self.versions_before + self.version

    def packed(self) -> bytes:
        """As its item holds it; the version stands beside it."""
        return pack(self.model_dump_json(exclude={"version"}, exclude_defaults=True), "record")


class MailRecipient(Record):
    """A record whom mail is sent to. What lacks an address waits on it, by key, for whichever event brings one."""

    owed: Mapping[str, Email] = {}

    def after_erasure(self, as_of: int, version: int) -> Self:  # noqa: ARG002 - a customer keeps the date, too
        """The first record after an erasure; `version` is the erased record's, and `as_of` is in epoch seconds."""
        return self.model_copy(update={"versions_before": version})

    @property
    def address(self) -> str | None:
        """Where mail goes, if anything has told us yet."""
        raise NotImplementedError

    @property
    def name(self) -> str | None:
        """How to greet them, if anything has told us yet."""
        raise NotImplementedError

    @property
    def muted(self) -> bool:
        """Whether nothing more is said to them."""
        raise NotImplementedError

    def owing(self, mail: Email) -> Self:
        """Itself, with a mail to send; without what was too late to send when the newest of them came to be."""
        owed = {**self.owed, mail.key: mail}
        newest = max(one.expires for one in owed.values()) - MAIL_EXPIRES_AFTER
        return self.model_copy(update={"owed": {key: one for key, one in owed.items() if one.expires > newest}})

    def addressed(self, mails: Mapping[str, Email], otherwise: Contact | None = None) -> tuple[Email, ...]:
        """Those of `mails` that can be sent, with the address where they lack one; `otherwise` if it has none."""
        contact = otherwise or Contact(email=self.address, name=self.name)
        known = [mail for mail in mails.values() if mail.to or contact.email]
        now = {"to": contact.email}
        return tuple(
            one if one.to else one.model_copy(update={**now, "data": {**one.data, "name": contact.name}})
            for one in known
        )
