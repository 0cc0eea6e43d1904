"""customer.subscription.deleted: the subscription has ended, and access ends unless another one gives it."""

from shared.decisions.decision import Decision
from shared.effects.remind import remind_about
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.subscriptions import Subscription
from shared.values.times import HOUR

FAREWELL_AFTER = HOUR
"""Long enough for the events of a subscription that replaces this one to arrive."""


def handle(event: Event, books: Books) -> Decision:
    """The organization with the ended subscription, and a schedule that says farewell if no other one is left then."""
    subscription = read(Subscription, event.object)
    organization = books.read(Organization, event.account, subscription.customer).with_subscription(subscription, event)
    due_at = event.created + FAREWELL_AFTER
    farewell = remind_about(subscription.id, subscription.customer, "farewell.due", due_at, event)
    return Decision(save=(organization,), then=(farewell,))
