"""The books as they will be once a decision is saved: mails and announcements of the decision depend on these."""

from dataclasses import dataclass

from shared.decisions.decision import Decision
from shared.policy.policy import Policy
from shared.records.books import Books
from shared.records.stored_record import Record


@dataclass(frozen=True)
class Decided:
    """The records of `decision`, and behind them those of `books`. Implements `shared.records.books.Books`."""

    decision: Decision
    books: Books

    @property
    def policy(self) -> Policy:
        """The business's own choices."""
        return self.books.policy

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        """The record that the decision saves, else the record that the books hold."""
        place = kind.empty(*names).place
        saved = (one for one in self.decision.save if isinstance(one, kind) and one.place == place)
        return next(saved, None) or self.books.read(kind, *names)

    def awaits_money(self, account: str, customer: str) -> bool:
        """Whether the last commit left money of the customer's under way; the decision itself does not count."""
        return self.books.awaits_money(account, customer)
