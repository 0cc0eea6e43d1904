"""The books during one decision: they remember each record as it was read, and add the past that the event names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.policy.policy import Policy
from shared.records.books import Books
from shared.records.organization import Organization
from shared.records.past import named
from shared.records.stored_record import MailRecipient, Record
from shared.stripe_objects.event import Event
from shared.values.keys import Place


@dataclass(frozen=True)
class NotedBooks:
    """Implements `shared.records.books.Books` for one decision on `event`; `seen` holds each record that was read."""

    books: Books
    event: Event
    seen: dict[Place, Any] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The business's own choices."""
        return self.books.policy

    @property
    def known(self) -> Mapping[str, MailRecipient]:
        """The customers and accounts that were read, by partition."""
        return {one.partition: one for one in self.seen.values() if isinstance(one, MailRecipient)}

    def before[Found: Record](self, record: Found) -> Found:
        """The record as it was read; raises KeyError if the decision has not read it."""
        found: Found = self.seen[record.place]
        return found

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        """The record, read once; an organization comes with the ended subscription and closed invoice of the event."""
        place = kind.empty(*names).place
        if place not in self.seen:
            found = self.books.read(kind, *names)
            self.seen[place] = self._with_past(found) if isinstance(found, Organization) else found
        record: Found = self.seen[place]
        return record

    def _with_past(self, organization: Organization) -> Organization:
        whose = (organization.account, organization.subject)
        past = {about: self.books.read(kind, *whose, about) for kind, about in named(self.event.object)}
        return organization.recalling(past)

    def awaits_money(self, account: str, customer: str) -> bool:
        """Whether the last commit left money of the customer's under way."""
        return self.books.awaits_money(account, customer)
