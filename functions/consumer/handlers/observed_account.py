"""observed.account: the effects worker has read a connected account at Stripe; mails that waited for it go out."""

from shared.decisions.decision import Decision
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.accounts import Account
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The account as it was in the second of the look."""
    account = books.read(ConnectedAccount, event.account).with_state(read(Account, event.object), event)
    return Decision(save=(account,))
