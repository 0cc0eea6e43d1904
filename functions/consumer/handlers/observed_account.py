"""observed.account: what the effects worker has read of a connected account at Stripe; waiting mails go out."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.stripe_accounts import Account
from shared.stripe_objects import read


def handle(event: Event, books: Books) -> Decision:
    """The account as it was in the second it was read."""
    account = books.connected(event.account).with_state(read(Account, event.object), event)
    return Decision(save=(account,))
