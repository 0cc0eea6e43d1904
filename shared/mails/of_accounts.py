"""The mails to the holder of a connected account."""

from typing import NamedTuple

from shared.mails.mail import At, Mail, Once, Told, always
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount, PayoutRecord


class _Payout(NamedTuple):
    """A payout's amount in minor units, its date in epoch seconds, and why it failed."""

    amount: int
    currency: str
    arrival_date: int
    reason: str | None
    reverses: bool


class _Requirements(NamedTuple):
    """How many things Stripe asks for, and until when, in epoch seconds."""

    due_at: int | None
    overdue: bool
    stopped: bool
    number: int


def _is_coming(told: Told[Once], books: Books) -> bool:
    record = books.read(PayoutRecord, told.account, told.key.about)
    if not record.under_way or record.payout is None:
        return False
    return books.read(ConnectedAccount, told.account).announces(record.payout.value)


def _was_announced(told: Told[Once], books: Books) -> bool:
    """Whether the holder expects the payout: no mail announces the payouts of a daily schedule."""
    record = books.read(PayoutRecord, told.account, told.key.about)
    return record.payout is None or books.read(ConnectedAccount, told.account).announces(record.payout.value)


def _is_asked_for(told: Told[At], books: Books) -> bool:
    state = books.read(ConnectedAccount, told.account).state
    return state is not None and state.value.requirements_digest == told.key.about


PAYOUT_COMING = Mail(
    name="payout_coming", audience="holder", stripes_own="", shows=_Payout, key=Once, applies=_is_coming
)
PAYOUT_FAILED = Mail(name="payout_failed", audience="holder", stripes_own="", shows=_Payout, key=Once, applies=always)
PAYOUT_CANCELED = Mail(
    name="payout_canceled", audience="holder", stripes_own="", shows=_Payout, key=Once, applies=_was_announced
)
ACCOUNT_REQUIREMENTS = Mail(
    name="account_requirements", audience="holder", stripes_own="", shows=_Requirements, key=At, applies=_is_asked_for
)
