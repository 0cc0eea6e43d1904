"""account.application.deauthorized: the account has left us; its mails fall silent, and nothing is asked of it."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event


def handle(event: Event, books: Books) -> Decision:
    """The account, deauthorized. The event's object is our own application, so the event names the account."""
    return Decision(save=(books.connected(event.account).deauthorized(event.created),))
