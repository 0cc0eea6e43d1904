"""The read side of the books: all that a handler may ask, before a decision is saved and after it."""

from collections.abc import Iterable
from typing import Protocol

from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.records.stored_record import Record


class Books(Protocol):
    """The records as the last commit left them."""

    @property
    def policy(self) -> Policy:
        """The business's own choices."""

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        """The record of `kind` that `names` identify, as `kind.empty` takes them; empty if no commit has saved it."""

    def awaits_settlement(self, account: str, customer: str) -> bool:
        """Whether an order of the customer's is unpaid, a refund is under way, or a dispute is open."""


class BooksAfter:
    """The books as a decision will leave them: `saved`, and behind it `books`. Implements `Books`."""

    def __init__(self, saved: Iterable[Record], books: Books) -> None:
        self.policy = books.policy
        self._saved = {record.key: record for record in saved}
        self._books = books

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        """The record that the decision saves, else the record that the books hold."""
        saved = self._saved.get(kind.empty(*names).key)
        return saved if isinstance(saved, kind) else self._books.read(kind, *names)

    def awaits_settlement(self, account: str, customer: str) -> bool:
        """Whether the last commit left money of the customer's under way; the decision itself does not count."""
        return self._books.awaits_settlement(account, customer)


def money_is_open(organization: Organization, books: Books) -> bool:
    """Whether an invoice, an order, a refund or a dispute of the customer's is still to be settled."""
    return organization.has_open_invoice or books.awaits_settlement(organization.account, organization.subject)
