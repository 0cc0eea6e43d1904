"""customer.subscription.trial_will_end: Stripe's notice three days ahead, told unless our reminder has told it."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.stripe_objects import read
from shared.stripe_subscriptions import Subscription
from shared.trials import trial_mail
from shared.whole_list import look_at_all_items


def handle(event: Event, books: Books) -> Decision:
    """The subscription, and one mail a trial's end, under the key that our reminder has, too."""
    subscription = read(Subscription, event.object)
    organization = books.organization(event.account, subscription.customer).with_subscription(subscription, event)
    now = organization.whole(subscription.id)
    look = look_at_all_items(subscription, organization, event)
    if now is None or now.trial_end != subscription.trial_end:  # moved since
        return Decision(save=(organization,), then=look)
    return Decision(save=(organization,), then=(*trial_mail(organization, now, event, books.policy), *look))
