"""farewell.due: a mail says farewell an hour after the last subscription ended, unless the customer is back."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.erasure import Export
from shared.effects.remind import erasure_at
from shared.mails.mail import Once
from shared.mails.of_subscriptions import FAREWELL
from shared.mails.write import mail_to
from shared.records.books import Books, money_is_open
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """An export, a mail that links to it, and the schedule of the erasure; nothing while the customer keeps access.

    If another subscription has ended later, its own schedule says farewell.
    """
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    ended = organization.last_ended
    if organization.is_still_subscribed or ended is None or ended.id != reminder.id:
        return NOTHING
    export = Export(account=event.account, customer=reminder.customer)
    erasable_at = organization.erasable_at(books.policy)
    erasure = (erasure_at(erasable_at, event.account, reminder.customer),) if erasable_at else ()
    waits = books.policy.erase_waits and money_is_open(organization, books)
    mail = mail_to(
        organization,
        FAREWELL,
        Once(reminder.id),
        event,
        ended_at=ended.ended_at,
        reason=ended.reason,
        erased_at=None if waits else erasable_at,
        waits=waits and erasable_at is not None,
        export=True,
    )
    return Decision(then=(export, *erasure, mail))
