"""The read side of the books: all that a handler may ask."""

from typing import Protocol

from shared.records import Order, Organization


class Books(Protocol):
    """The records as they were last committed; one that nobody has heard of yet is empty, at version 0."""

    def organization(self, account: str, customer: str) -> Organization:
        """The organization of a customer in an account."""

    def order(self, account: str, subject: str, session: str) -> Order:
        """The order bought in a Checkout session; `subject` is its customer, or the session itself for a guest."""
