"""account.updated: a holder who must hand something in is told so, once for each thing that comes to be due."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.email import Email
from shared.mails.write import mail_to, tell_operator
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.accounts import Account
from shared.stripe_objects.event import PLATFORM, Event
from shared.stripe_objects.objects import read


def handle(event: Event, books: Books) -> Decision:
    """The account, and a mail if more is due than was known; a rejection is the operator's to know."""
    if event.account == PLATFORM:  # its own settings are its own business
        return NOTHING
    state = read(Account, event.object)
    known = books.connected(event.account)
    account = known.with_state(state, event)
    before = known.state.value if known.state else None
    now = account.state.value if account.state else state
    if now != state:  # overtaken
        return Decision(save=(account,))
    rejected_now = now.rejected and not (before and before.rejected)
    told = [_rejection(account, now, event)] if rejected_now else []
    asked = [_demand(account, now, event)] if now.requires_more_than(before) else []
    return Decision(save=(account,), then=(*told, *asked))


def _rejection(account: ConnectedAccount, now: Account, event: Event) -> Email:
    # The time is part of the key: an account may be let in again, and rejected again.
    about = f"{account.subject}:{event.created}"
    return tell_operator(account.partition, "account_rejected", about, event, reason=now.disabled)


def _demand(account: ConnectedAccount, now: Account, event: Event) -> Email:
    overdue = bool(now.overdue) or (now.due_at is not None and now.due_at <= event.created)
    mail = mail_to(
        account,
        "account_requirements",
        f"{now.requirements_digest}:{event.created}",
        event,
        due_at=None if overdue else now.due_at,
        overdue=overdue,
        stopped=now.disabled is not None,
        number=len(now.due),
    )
    # Later it would ask for something by a day that has passed; Stripe sends another event then.
    last = mail.expires if overdue or now.due_at is None else min(mail.expires, now.due_at)
    return mail.model_copy(update={"expires": last})
