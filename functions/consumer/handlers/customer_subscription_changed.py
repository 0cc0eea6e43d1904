"""customer.subscription.created and .updated: the subscription as it is now; access and plan are derived from it."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.stripe_objects import Subscription, read


def handle(event: Event, books: Books) -> Decision:
    """The organization, made if this is the first that is heard of it, with the subscription's new state."""
    subscription = read(Subscription, event.object)
    organization = books.organization(event.account, subscription.customer)
    return Decision(save=(organization.with_subscription(subscription, event),))
