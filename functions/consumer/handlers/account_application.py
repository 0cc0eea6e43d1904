"""account.application.*: a connected account leaves or returns; if it stays away, it is erased in time."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.remind import remind_about
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM


def handle(event: Event, books: Books) -> Decision:
    """The account, gone or back; the event's object is our own application, so the account is the event's own."""
    if event.account == PLATFORM:  # the event names no account, and the platform cannot leave itself
        return NOTHING
    known = books.read(ConnectedAccount, event.account)
    if event.type == "account.application.authorized":
        return Decision(save=(known.with_authorization(event.created),))
    account = known.with_deauthorization(event.created)
    if not books.policy.erase_after_deauthorized:
        return Decision(save=(account,))
    due_at = event.created + books.policy.erase_after_deauthorized
    erasure = remind_about(event.account, event.account, "erasure.account_due", due_at, event)
    return Decision(save=(account,), then=(erasure,))
