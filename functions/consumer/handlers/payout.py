"""payout.*: the holder of a connected account hears of each payout that comes, fails or is canceled."""

from shared.decisions.decision import Decision
from shared.effects.effect import Effect
from shared.mails.mail import Once
from shared.mails.of_accounts import PAYOUT_CANCELED, PAYOUT_COMING, PAYOUT_FAILED
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.stripe_objects.accounts import Payout
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.values.platform import PLATFORM

TOLD = {"payout.created": PAYOUT_COMING, "payout.failed": PAYOUT_FAILED, "payout.canceled": PAYOUT_CANCELED}


def handle(event: Event, books: Books) -> Decision:
    """The payout, and a mail when it is made, fails or is canceled; a paid payout may still fail."""
    payout = read(Payout, event.object)
    record = books.read(PayoutRecord, event.account, payout.id).with_payout(payout, event)
    return Decision(save=(record,), then=_mail(record, payout, event, books))


def _mail(record: PayoutRecord, payout: Payout, event: Event, books: Books) -> tuple[Effect, ...]:
    news = TOLD.get(event.type)
    if news is None or event.account == PLATFORM or not event.livemode:
        return ()
    if news is PAYOUT_COMING and not record.under_way:  # overtaken
        return ()
    return (
        mail_to(
            books.read(ConnectedAccount, event.account),
            news,
            Once(payout.id),  # each change happens once to a payout; Stripe tries again with a new payout
            event,
            amount=payout.amount,
            currency=payout.currency,
            arrival_date=payout.arrival_date,
            reason=payout.failure_code,
            reverses=payout.original_payout is not None,
        ),
    )
