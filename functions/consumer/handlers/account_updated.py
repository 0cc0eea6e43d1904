"""account.updated: a mail asks the holder of the account for what Stripe demands, once for each new demand."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.email import Email
from shared.mails.mail import At
from shared.mails.of_accounts import ACCOUNT_REQUIREMENTS
from shared.mails.to_operator import ACCOUNT_REJECTED
from shared.mails.write import mail_to, tell_operator
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.accounts import Account
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.values.platform import PLATFORM


def handle(event: Event, books: Books) -> Decision:
    """The account, and a mail to its holder if more is due than before; the operator hears of a rejection."""
    if event.account == PLATFORM:  # the platform's own settings concern nobody else
        return NOTHING
    state = read(Account, event.object)
    known = books.read(ConnectedAccount, event.account)
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
    # The key has the time, since Stripe may let an account in again and reject it again.
    key = At(account.subject, event.created)
    return tell_operator(account.partition, ACCOUNT_REJECTED, key, event, reason=now.disabled)


def _demand(account: ConnectedAccount, now: Account, event: Event) -> Email:
    overdue = bool(now.overdue) or (now.due_at is not None and now.due_at <= event.created)
    mail = mail_to(
        account,
        ACCOUNT_REQUIREMENTS,
        At(now.requirements_digest, event.created),
        event,
        due_at=None if overdue else now.due_at,
        overdue=overdue,
        stopped=now.disabled is not None,
        number=len(now.due),
    )
    # After the due date the mail would ask for the past; Stripe sends another event then.
    last = mail.expires if overdue or now.due_at is None else min(mail.expires, now.due_at)
    return mail.model_copy(update={"expires": last})
