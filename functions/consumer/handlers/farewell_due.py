"""farewell.due: a mail says farewell an hour after the last subscription ended, unless the customer is back."""

from shared.decisions.decision import NOTHING, Decision
from shared.decisions.farewell import farewell
from shared.effects.remind import erasure_at
from shared.mails.mail import Once
from shared.records.books import Books
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
    at = organization.erasable_at(books.policy)
    erasure = (erasure_at(at, event.account, reminder.customer),) if at else ()
    return Decision(then=farewell(organization, ended, Once(reminder.id), event, books, *erasure))
