"""The read side of the books: all that a handler may ask."""

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

    def awaits_money(self, account: str, customer: str) -> bool:
        """Whether an order of the customer's is unpaid, a refund is under way, or a dispute is open."""


def money_is_open(organization: Organization, books: Books) -> bool:
    """Whether an invoice, an order, a refund or a dispute of the customer's is still to be settled."""
    return organization.owes or books.awaits_money(organization.account, organization.subject)
