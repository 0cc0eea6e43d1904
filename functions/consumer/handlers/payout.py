"""payout.*: a connected account hears when money is on its way, and if it comes back; the platform's own does not."""

from shared.decisions.decision import Decision
from shared.effects.effect import Effect
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.connected_account import PayoutRecord
from shared.stripe_objects.accounts import Payout
from shared.stripe_objects.event import PLATFORM, Event
from shared.stripe_objects.objects import read

TOLD = {"payout.created": "payout_coming", "payout.failed": "payout_failed", "payout.canceled": "payout_canceled"}


def handle(event: Event, books: Books) -> Decision:
    """The payout, and a mail when it is made, fails or is canceled; a payout may fail after it was paid."""
    payout = read(Payout, event.object)
    record = books.payout(event.account, payout.id).with_payout(payout, event)
    return Decision(save=(record,), then=_mail(record, payout, event, books))


def _mail(record: PayoutRecord, payout: Payout, event: Event, books: Books) -> tuple[Effect, ...]:
    template = TOLD.get(event.type)
    if template is None or event.account == PLATFORM or not event.livemode:
        return ()
    if template == "payout_coming" and not record.under_way:  # overtaken
        return ()
    return (
        mail_to(
            books.connected(event.account),
            template,
            payout.id,  # each of the three happens once to a payout; Stripe makes another to try again
            event,
            amount=payout.amount,
            currency=payout.currency,
            arrival_date=payout.arrival_date,
            reason=payout.failure_code,
            reverses=payout.original_payout is not None,
        ),
    )
