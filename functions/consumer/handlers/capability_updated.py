"""capability.updated: an announcement says what a connected account may do; account.updated says what is due."""

from shared.decisions.decision import NOTHING, Decision
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.accounts import Capability
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.values.platform import PLATFORM


def handle(event: Event, books: Books) -> Decision:
    """The account with the new state of one capability."""
    if event.account == PLATFORM:  # the platform's own settings concern nobody else
        return NOTHING
    capability = read(Capability, event.object)
    return Decision(save=(books.read(ConnectedAccount, event.account).with_capability(capability, event),))
