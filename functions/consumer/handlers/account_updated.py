"""account.updated: a connected account that must hand something in is told so, once for what is due and when."""

from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.event import PLATFORM, Event
from shared.mailing import mail_to
from shared.stripe_accounts import Account
from shared.stripe_objects import read


def handle(event: Event, books: Books) -> Decision:
    """The account, and a mail if it has been through its first form and something is due."""
    if event.account == PLATFORM:  # its own settings are its own business
        return NOTHING
    state = read(Account, event.object)
    account = books.connected(event.account).with_state(state, event)
    now = account.state.value if account.state else state
    if now != state or not now.details_submitted or not now.due:
        return Decision(save=(account,))
    mail = mail_to(account, "account_requirements", now.demand, event, due_at=now.due_at, number=len(now.due))
    return Decision(save=(account,), then=(mail,))
