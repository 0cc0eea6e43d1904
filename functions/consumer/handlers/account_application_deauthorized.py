"""account.application.deauthorized: the account has left us; its mails fall silent, and in time it is erased."""

from shared.books import Books
from shared.decision import Decision
from shared.effects import Remind
from shared.event import Event


def handle(event: Event, books: Books) -> Decision:
    """The account, deauthorized. The event's object is our own application, so the event names the account."""
    account = books.connected(event.account).deauthorized(event.created)
    if not books.policy.erase_after_deauthorized:
        return Decision(save=(account,))
    erasure = Remind(
        type="erasure.account_due",
        at=event.created + books.policy.erase_after_deauthorized,
        about=event.account,
        account=event.account,
        customer=event.account,
    )
    return Decision(save=(account,), then=(erasure,))
