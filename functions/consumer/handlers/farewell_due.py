"""farewell.due: an hour after the last subscription ended, say goodbye, unless the customer is back by now."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.erasure import Export
from shared.effects.remind import erasure_at
from shared.mails.write import mail_to
from shared.records.books import Books, money_is_open
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """An export, one mail that links to it, and a date to be erased on; silent if anything gives access or may again.

    Another subscription that has ended later says it then.
    """
    reminder = read(Reminder, event.object)
    organization = books.organization(event.account, reminder.customer)
    ended = organization.last_ended
    if organization.is_still_subscribed or ended is None or ended.id != reminder.id:
        return NOTHING
    export = Export(account=event.account, customer=reminder.customer)
    erasable_at = organization.erasable_at(books.policy)
    erasure = (erasure_at(erasable_at, event.account, reminder.customer),) if erasable_at else ()
    waits = books.policy.erase_waits and money_is_open(organization, books)
    shown = {
        "ended_at": ended.ended_at,
        "reason": ended.reason,
        "erased_at": None if waits else erasable_at,
        "waits": waits and erasable_at is not None,
        "export": True,
    }
    mail = mail_to(organization, "farewell", reminder.id, event, **shown)
    return Decision(then=(export, *erasure, mail))
