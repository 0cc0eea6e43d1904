"""The books as one decision reads them: they note what was read, and recall the past that the event names."""

from dataclasses import dataclass, field

from shared.decisions.decision import StoredRecord
from shared.policy.policy import Policy
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import PastRecord, past_records_of
from shared.records.payment import Payment
from shared.records.stored_record import MailRecipient
from shared.stripe_objects.event import Event
from shared.values import keys


@dataclass(frozen=True)
class NotedBooks:
    """Implements `shared.records.books.Books` for one decision on `event`."""

    books: Books
    event: Event
    read: dict[tuple[str, str], StoredRecord] = field(default_factory=dict)
    known: dict[str, MailRecipient] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """What the business has decided."""
        return self.books.policy

    def before(self, record: StoredRecord) -> StoredRecord:
        """A record of the decision as it was read."""
        return self.read[record.partition, record.sort_key]

    def organization(self, account: str, customer: str) -> Organization:
        """The organization, with what is kept of its past as far as the event names it."""
        known = self.known.get(keys.partition(account, customer))
        if isinstance(known, Organization):
            return known
        places = past_records_of(account, customer, self.event.object)
        past = {one.sort_key.partition("#")[2]: self.books.past(one) for one in places}
        return self._note(self.books.organization(account, customer).with_past(past))

    def past[Found: PastRecord](self, empty: Found) -> Found:
        """What is kept of something that is over."""
        return self.books.past(empty)

    def order(self, account: str, subject: str, session: str) -> Order:
        """The order, noted."""
        return self._note(self.books.order(account, subject, session))

    def payment(self, account: str, payment: str) -> Payment:
        """The payment, noted."""
        return self._note(self.books.payment(account, payment))

    def payout(self, account: str, payout: str) -> PayoutRecord:
        """The payout, noted."""
        return self._note(self.books.payout(account, payout))

    def awaits_settlement(self, account: str, customer: str) -> bool:
        """Whether money of the customer's is on its way."""
        return self.books.awaits_settlement(account, customer)

    def connected(self, account: str) -> ConnectedAccount:
        """The connected account, noted."""
        return self._note(self.books.connected(account))

    def _note[Found: StoredRecord](self, record: Found) -> Found:
        self.read[record.partition, record.sort_key] = record
        if isinstance(record, MailRecipient):
            self.known[record.partition] = record
        return record
