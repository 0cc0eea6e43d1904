"""farewell.asked: a person has asked for an export of a customer who has left, with `billhook export`."""

from shared.decisions.decision import NOTHING, Decision
from shared.decisions.farewell import farewell
from shared.mails.mail import Once
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """The farewell again, with a new export and a new link; nothing while the customer keeps access.

    Each request has a mail key of its own, so the earlier farewell does not hold the mail up.
    """
    organization = books.read(Organization, event.account, read(Reminder, event.object).customer)
    ended = organization.last_ended
    if organization.is_still_subscribed or ended is None:
        return NOTHING
    return Decision(then=farewell(organization, ended, Once(event.id), event, books))
