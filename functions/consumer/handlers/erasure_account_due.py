"""erasure.account_due: all data of a connected account is erased some time after the account has left."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.erasure import Erase
from shared.effects.remind import is_current
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.event import Event


def handle(event: Event, books: Books) -> Decision:
    """The erasure; nothing if the account is back, or has left again since."""
    account = books.read(ConnectedAccount, event.account)
    left_at = account.deauthorized_at
    due_at = None if left_at is None else left_at + books.policy.erase_after_deauthorized
    if account.is_authorized or not is_current(event, due_at):
        return NOTHING
    erase = Erase(account=event.account, customer=event.account, as_of=event.created, version=account.overall_version)
    return Decision(then=(erase,))
