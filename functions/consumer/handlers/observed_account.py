"""observed.account: what the effects worker has read of a connected account at Stripe; waiting mails go out."""

from shared.decisions.decision import Decision
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.accounts import Account
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The account as it was in the second it was read."""
    account = books.read(ConnectedAccount, event.account).with_state(read(Account, event.object), event)
    return Decision(save=(account,))
