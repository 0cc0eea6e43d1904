"""erasure.account_due: some time after a connected account has left us, everything that we hold of it is erased."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.erasure import Erase
from shared.records.books import Books
from shared.stripe_objects.event import Event


def handle(event: Event, books: Books) -> Decision:
    """Erase; silent if the account is back, or has left once more since."""
    account = books.connected(event.account)
    left_at = account.deauthorized_at
    if account.is_authorized or left_at is None or left_at + books.policy.erase_after_deauthorized != event.created:
        return NOTHING
    erase = Erase(account=event.account, customer=event.account, as_of=event.created, version=account.overall_version)
    return Decision(then=(erase,))
