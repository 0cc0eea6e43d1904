"""erasure.unconfirmed: nobody could ask Stripe about an erasure, and the days in which it could be stopped are over."""

from shared.decisions.decision import NOTHING, Decision
from shared.decisions.erasing import erasure_of
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """The erasure; nothing if it has happened, if Stripe contradicted it, or if a newer event shows the customer."""
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    due_at = organization.erasable_at(books.policy)
    if organization.version == 0 or organization.is_still_subscribed or str(due_at) != reminder.id:
        return NOTHING
    if due_at is None or organization.lives_after(due_at):
        return NOTHING
    return Decision(then=erasure_of(organization, event))
