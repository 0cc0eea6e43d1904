"""The books during one decision: they remember each record as it was read, and add the past that the event names."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared.records.books import Books
from shared.records.organization import Organization
from shared.records.past import past_ids
from shared.records.stored_record import MailRecipient, Record
from shared.stripe_objects.event import Event

if TYPE_CHECKING:
    from shared.values import keys


class NotedBooks:
    """Implements `shared.records.books.Books` for one decision on `event`; reads each record once."""

    def __init__(self, books: Books, event: Event) -> None:
        self.policy = books.policy
        self._books = books
        self._event = event
        self._read: dict[keys.Key, Any] = {}

    @property
    def known(self) -> Mapping[str, MailRecipient]:
        """The customers and accounts that were read, by partition."""
        return {one.partition: one for one in self._read.values() if isinstance(one, MailRecipient)}

    def before[Found: Record](self, record: Found) -> Found:
        """`record` as it was read; raises KeyError if the decision has not read it."""
        found: Found = self._read[record.key]
        return found

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        """The record, read once; an organization has the past that the event names."""
        key = kind.empty(*names).key
        if key not in self._read:
            found = self._books.read(kind, *names)
            self._read[key] = self._with_past(found) if isinstance(found, Organization) else found
        record: Found = self._read[key]
        return record

    def _with_past(self, organization: Organization) -> Organization:
        """`organization` with the ended subscription and the closed invoice that the event names."""
        whose = (organization.account, organization.subject)
        past = {about: self._books.read(kind, *whose, about) for kind, about in past_ids(self._event.object)}
        return organization.with_past(past)

    def awaits_settlement(self, account: str, customer: str) -> bool:
        """Whether the customer had money under way after the last commit."""
        return self._books.awaits_settlement(account, customer)
