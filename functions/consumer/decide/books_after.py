"""The books as they will be once a decision is saved: what a mail or an announcement of that decision may hang on."""

from dataclasses import dataclass

from shared.decisions.decision import Decision
from shared.policy.policy import Policy
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.organization import Organization
from shared.records.past import PastRecord
from shared.records.payment import Payment


@dataclass(frozen=True)
class Decided:
    """The books with the records of `decision`."""

    decision: Decision
    books: Books

    @property
    def policy(self) -> Policy:
        """What the business has decided."""
        return self.books.policy

    def past[Found: PastRecord](self, empty: Found) -> Found:
        """What is kept of something that is over."""
        return self.books.past(empty)

    def connected(self, account: str) -> ConnectedAccount:
        """A connected account."""
        saved = (one for one in self.decision.save if isinstance(one, ConnectedAccount))
        return next(saved, None) or self.books.connected(account)

    def organization(self, account: str, customer: str) -> Organization:
        """The organization of a customer in an account."""
        saved = (one for one in self.decision.save if isinstance(one, Organization) and one.subject == customer)
        return next(saved, None) or self.books.organization(account, customer)

    def payment(self, account: str, payment: str) -> Payment:
        """A payment."""
        saved = (one for one in self.decision.save if isinstance(one, Payment) and one.subject == payment)
        return next(saved, None) or self.books.payment(account, payment)

    def payout(self, account: str, payout: str) -> PayoutRecord:
        """A payout."""
        saved = (one for one in self.decision.save if isinstance(one, PayoutRecord) and one.subject == payout)
        return next(saved, None) or self.books.payout(account, payout)
