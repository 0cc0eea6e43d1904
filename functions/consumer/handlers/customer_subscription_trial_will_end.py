"""customer.subscription.trial_will_end: Stripe's notice three days ahead; our own reminder may have told it."""

from shared.decisions.decision import Decision
from shared.decisions.whole_list import look_at_all_items
from shared.mails.trials import trial_mail
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.subscriptions import Subscription


def handle(event: Event, books: Books) -> Decision:
    """The organization, and the mail about the trial's end, under the key that our reminder uses."""
    subscription = read(Subscription, event.object)
    organization = books.read(Organization, event.account, subscription.customer).with_subscription(subscription, event)
    now = organization.whole(subscription.id)
    prefetch = look_at_all_items(subscription, organization, event)
    if now is None or now.trial_end != subscription.trial_end:  # the trial's end has moved since
        return Decision(save=(organization,), then=prefetch)
    return Decision(save=(organization,), then=(*trial_mail(organization, now, event, books.policy), *prefetch))
