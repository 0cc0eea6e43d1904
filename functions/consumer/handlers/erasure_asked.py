"""erasure.asked: a person has asked to erase a customer now, with `billhook erase`."""

from shared.decisions.decision import NOTHING, Decision
from shared.decisions.erasing import erasure_of
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """The erasure, even while money is open, since late money needs no name; nothing while a subscription lives.

    Stripe is not asked: the message is signed, and the person has typed the customer's id.
    """
    customer = read(Reminder, event.object).customer
    organization = books.read(Organization, event.account, customer)
    if organization.version == 0 or organization.is_still_subscribed:
        return NOTHING
    return Decision(then=erasure_of(organization, event))
