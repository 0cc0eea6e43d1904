"""A mail of the catalogue: its declarations in one place, and its key as a typed value."""

from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from typing import Any, Literal, NamedTuple

from shared.records.books import Books

type Audience = Literal["customer", "holder", "operator"]
"""A customer, the holder of a connected account (the business's own customer), or the operator of the business."""


@dataclass(frozen=True)
class MailKey:
    """What a mail tells of: `about` is the id of an object, and the fields of each kind of key name the change."""

    about: str


@dataclass(frozen=True)
class Once(MailKey):
    """The key of a mail that goes out once about one object."""


@dataclass(frozen=True)
class At(MailKey):
    """The key of a change that may come again: `at` is its time or its due date, in epoch seconds."""

    at: int


@dataclass(frozen=True)
class MaybeAt(MailKey):
    """The key of a failure. `at` is its time in epoch seconds; None if it can happen only once."""

    at: int | None = None


@dataclass(frozen=True)
class Attempt(MailKey):
    """The key of a failed attempt to collect an invoice: its number and its time. 0.1 stored only the number."""

    attempt: int
    at: int | None = None


@dataclass(frozen=True)
class Amount(MailKey):
    """The key of an amount, in minor units."""

    amount: int


@dataclass(frozen=True)
class Returned(MailKey):
    """The key of a refund: the total refunded after it, the total before it, and its time.

    Keys of older versions have only `total`.
    """

    total: int
    before: int | None = None
    at: int | None = None


@dataclass(frozen=True)
class Told[Key: MailKey]:
    """The subject of one mail: the account and the owner of the partition that claims the mail, and the mail's key."""

    account: str
    owner: str
    key: Key


@dataclass(frozen=True, kw_only=True)
class Mail[Key: MailKey, **Shown]:
    """One entry of the catalogue. mypy refuses an entry that lacks a declaration.

    Args:
        name: the name of its pair of templates, and its name in `MAILS_OFF`.
        audience: the kind of reader.
        stripes_own: Stripe's setting that sends the same mail, to be turned off; empty if Stripe sends none.
        shows: the fields of its data. A mail also gets its reader's name; the operator's gets account and mode instead.
        key: the type of its key.
        applies: whether the books still say what the mail says.
        keyed_as: the mail whose keys it shares: a change sends only one of the two. None if it shares no keys.
        about_platform: whether a mail to the operator about a connected account is the platform's own business.
        collected_by: the field that a summary names such a mail by. Of these mails one an hour and account goes at
            once, and a summary tells of the others. None for a mail that always goes by itself: a dispute has a date.
    """

    name: str
    audience: Audience
    stripes_own: str
    shows: Callable[Shown, NamedTuple]
    key: type[Key]
    applies: Callable[[Told[Key], Books], bool]
    keyed_as: str | None = None
    about_platform: bool = False
    collected_by: str | None = None

    def render_key(self, key: Key) -> str:
        """`key` as the books store it: `payment_failed:in_123:2:1795342394`."""
        return ":".join((self.keyed_as or self.name, *(str(part) for part in astuple(key) if part is not None)))

    def parse_key(self, stored: str) -> Key | None:
        """The key that `stored` renders, or None if `stored` lacks a part.

        The name in front may be another mail's, since two mails may share a key.
        """
        _, *parts = stored.split(":")
        numbers: list[int] = []
        while len(numbers) < len(fields(self.key)) - 1 and len(parts) > 1 and parts[-1].isdecimal():
            numbers.insert(0, int(parts.pop()))
        try:
            return self.key(":".join(parts), *numbers)
        except TypeError:
            return None


type AnyMail = Mail[Any, ...]


def always(_told: Told[Any], _books: Books) -> bool:
    """A mail about an event of the past always applies."""
    return True
