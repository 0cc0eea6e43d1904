"""The books for one question of the worker: whether a mail may go."""

from shared.records.books import Books
from shared.records.stored_record import Record


class BooksReadOnce:
    """The books for one question: a record is read once, however often the question needs it. Implements `Books`."""

    def __init__(self, books: Books) -> None:
        self.policy = books.policy
        self._known: dict[tuple[str, str], Record] = {}
        self._books = books

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        """The record, from the first read of it."""
        key = kind.empty(*names).key
        known = self._known.get(key)
        if not isinstance(known, kind):
            known = self._known[key] = self._books.read(kind, *names)
        return known

    def awaits_settlement(self, account: str, customer: str) -> bool:
        """Whether money of the customer's is under way."""
        return self._books.awaits_settlement(account, customer)
