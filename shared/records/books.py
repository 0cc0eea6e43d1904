"""The read side of the books: all that a handler may ask."""

from typing import Protocol

from shared.policy.policy import Policy
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import PastRecord
from shared.records.payment import Payment


class Books(Protocol):
    """The records as they were last committed; one that nobody has heard of yet is empty, at version 0."""

    @property
    def policy(self) -> Policy:
        """What the business has decided."""

    def organization(self, account: str, customer: str) -> Organization:
        """The organization of a customer in an account."""

    def past[Found: PastRecord](self, empty: Found) -> Found:
        """What is kept of something that is over; `vacant` names it, and comes back if it is not over yet."""

    def order(self, account: str, subject: str, session: str) -> Order:
        """The order bought in a Checkout session; `subject` is its customer, or the session itself for a guest."""

    def payment(self, account: str, payment: str) -> Payment:
        """The payment, by the id of its intent, or of its charge if it has none."""

    def payout(self, account: str, payout: str) -> PayoutRecord:
        """A payout to a connected account, or the platform's own."""

    def awaits_settlement(self, account: str, customer: str) -> bool:
        """Whether money of the customer's is on its way: for an order, by a refund, or held by an open dispute."""

    def connected(self, account: str) -> ConnectedAccount:
        """A connected account."""


def money_is_open(organization: Organization, books: Books) -> bool:
    """Whether an invoice, an order, a refund or a dispute of the customer's is still to be settled."""
    return organization.has_open_invoice or books.awaits_settlement(organization.account, organization.subject)
