"""The summary of the mails to the operator of one kind, about one account, that the events of one hour ask for."""

from typing import ClassVar, Self

from shared.records.stored_record import Record
from shared.values import keys

MOST_NAMES = 10
"""How many subjects a summary names."""


class Summary(Record):
    """How many mails an hour has asked for; it lies in the account's partition, and expires.

    Args:
        template: the name of the mails.
        hour: when the hour began, in epoch seconds.
        count: how many mails the hour's events have asked for; the first of them went at once.
        told: how many of them the operator knows of.
        parts: how many summaries the operator got.
        names: the first subjects that the operator does not know of, such as prices.
    """

    template: str
    hour: int
    count: int = 0
    told: int = 0
    parts: int = 0
    names: tuple[str, ...] = ()

    expires: ClassVar[bool] = True
    named_by: ClassVar[tuple[str, ...]] = ("account", "template", "hour")

    @classmethod
    def empty(cls, *names: str) -> Self:
        """The summary of an hour without mails; raises ValueError unless it is named by account, template and hour."""
        account, template, hour = names
        return cls(account=account, subject=account, template=template, hour=int(hour))

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.summary(self.template, self.hour)

    @property
    def is_empty(self) -> bool:
        """Whether no event has asked for such a mail."""
        return self.count == 0

    @property
    def untold(self) -> int:
        """How many mails the operator does not know of."""
        return self.count - self.told

    def with_mail(self, name: str) -> Self:
        """A copy that counts one more mail; the first mail of the hour tells of itself."""
        if self.is_empty:
            return self.model_copy(update={"count": 1, "told": 1})
        names = (*self.names, name)[:MOST_NAMES]
        return self.model_copy(update={"count": self.count + 1, "names": names})

    def as_told(self) -> Self:
        """A copy after a summary has been told."""
        return self.model_copy(update={"told": self.count, "parts": self.parts + 1, "names": ()})
