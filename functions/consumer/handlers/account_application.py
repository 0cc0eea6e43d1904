"""account.application.*: an account that has left us hears nothing more, and in time is erased, unless it is back."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.remind import Remind
from shared.records.books import Books
from shared.stripe_objects.event import PLATFORM, Event


def handle(event: Event, books: Books) -> Decision:
    """The account, gone or back. The event's object is our own application, so the event names the account."""
    if event.account == PLATFORM:  # it names none, and the platform cannot leave itself
        return NOTHING
    known = books.connected(event.account)
    if event.type == "account.application.authorized":
        return Decision(save=(known.with_authorization(event.created),))
    account = known.with_deauthorization(event.created)
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
