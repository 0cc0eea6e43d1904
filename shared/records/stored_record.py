"""The base classes of the records: any item of the books, and the records that receive mail."""

from collections.abc import Mapping
from typing import ClassVar, Self

from shared.compression.packing import pack
from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.stripe_objects.objects import Contact
from shared.values import keys
from shared.values.frozen import Frozen


class Record(Frozen):
    """One item of the books.

    `version` counts its commits; a record at version 0 was never saved. `versions_before` counts the commits before the
    customer was last erased, so that no version number is used twice.
    """

    account: str
    subject: str
    version: int = 0
    versions_before: int = 0

    repeatable: ClassVar[bool] = False
    """Whether saving the record twice changes nothing; the commit then checks no version."""
    expires: ClassVar[bool] = False
    """Whether the table forgets the record after the retention of the inbox."""
    named_by: ClassVar[tuple[str, ...]] = ("account", "subject")
    """The fields that identify the record, in the order in which `empty` takes them."""

    @classmethod
    def empty(cls, *names: str) -> Self:
        """The record at version 0, before any event has told of it; raises ValueError if a name is missing."""
        return cls.model_validate(dict(zip(cls.named_by, names, strict=True)))

    @property
    def key(self) -> keys.Key:
        """The primary key of its item."""
        return self.partition, self.sort_key

    @property
    def partition(self) -> str:
        """The record's partition in the books."""
        return keys.partition(self.account, self.subject)

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        raise NotImplementedError

    @property
    def is_empty(self) -> bool:
        """Whether the record holds nothing yet; the commit then only checks that no such item exists."""
        return False

    @property
    def overall_version(self) -> int:
        """The version over all lives of the customer, which the item and the announcements carry."""
        return self.versions_before + self.version

    def packed(self) -> bytes:
        """The bytes to store: JSON without the version, compressed."""
        return pack(self.model_dump_json(exclude={"version"}, exclude_defaults=True))


class MailRecipient(Record):
    """A record that receives mail. A mail without an address waits here, by key, until an event tells the address."""

    owed: Mapping[str, Email] = {}

    def after_erasure(self, as_of: int, version: int) -> Self:  # noqa: ARG002 - a customer keeps the date, too
        """The first record after an erasure; `version` is the erased record's, and `as_of` is in epoch seconds."""
        return self.model_copy(update={"versions_before": version})

    @property
    def address(self) -> str | None:
        """The address for mail; None if unknown."""
        raise NotImplementedError

    @property
    def name(self) -> str | None:
        """The name to greet the recipient by; None if unknown."""
        raise NotImplementedError

    @property
    def muted(self) -> bool:
        """Whether the recipient gets no more mail."""
        raise NotImplementedError

    def with_owed_mail(self, mail: Email) -> Self:
        """A copy with one more mail to send, without the mails that had expired when the newest was decided."""
        owed = {**self.owed, mail.key: mail}
        newest = max(one.expires for one in owed.values()) - MAIL_EXPIRES_AFTER
        return self.model_copy(update={"owed": {key: one for key, one in owed.items() if one.expires > newest}})

    def addressed_mails(self, mails: Mapping[str, Email], otherwise: Contact | None = None) -> tuple[Email, ...]:
        """The mails that have an address or get one now: that of `otherwise` if given, else the recipient's own."""
        contact = otherwise or Contact(email=self.address, name=self.name)
        known = [mail for mail in mails.values() if mail.to or contact.email]
        now = {"to": contact.email}
        return tuple(
            one if one.to else one.model_copy(update={**now, "data": {**one.data, "name": contact.name}})
            for one in known
        )
