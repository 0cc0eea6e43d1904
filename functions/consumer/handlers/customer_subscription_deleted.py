"""customer.subscription.deleted: the subscription has ended; access goes with it unless another one gives it."""

from shared.decisions.decision import Decision
from shared.effects.remind import Remind
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.subscriptions import Subscription
from shared.values.times import HOUR

FAREWELL_AFTER = HOUR
"""Long enough for a subscription that replaces this one to be heard of, whichever event comes first."""


def handle(event: Event, books: Books) -> Decision:
    """The ended subscription, and a farewell that asks the books when it is due whether this was the last to end."""
    subscription = read(Subscription, event.object)
    organization = books.read(Organization, event.account, subscription.customer).with_subscription(subscription, event)
    farewell = Remind(
        type="farewell.due",
        at=event.created + FAREWELL_AFTER,
        about=subscription.id,
        account=event.account,
        customer=subscription.customer,
    )
    return Decision(save=(organization,), then=(farewell,))
