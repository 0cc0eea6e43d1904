"""capability.updated: what a connected account may do is announced; what is due, account.updated says."""

from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.event import PLATFORM, Event
from shared.stripe_accounts import Capability
from shared.stripe_objects import read


def handle(event: Event, books: Books) -> Decision:
    """The account, knowing one of its capabilities as it is now."""
    if event.account == PLATFORM:  # its own settings are its own business
        return NOTHING
    capability = read(Capability, event.object)
    return Decision(save=(books.connected(event.account).with_capability(capability, event),))
