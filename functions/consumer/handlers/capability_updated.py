"""capability.updated: what a connected account may do is announced; what is due, account.updated says."""

from shared.decisions.decision import NOTHING, Decision
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.accounts import Capability
from shared.stripe_objects.event import PLATFORM, Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The account, knowing one of its capabilities as it is now."""
    if event.account == PLATFORM:  # its own settings are its own business
        return NOTHING
    capability = read(Capability, event.object)
    return Decision(save=(books.read(ConnectedAccount, event.account).with_capability(capability, event),))
