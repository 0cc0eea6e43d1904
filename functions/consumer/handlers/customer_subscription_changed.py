"""customer.subscription.* and observed.subscription: what follows from the subscription as it is now."""

from shared.decisions.decision import Decision
from shared.decisions.entitled import look_at_entitlements
from shared.decisions.price_watch import price_watch
from shared.decisions.subscription_change import SubscriptionChange, effects_of
from shared.decisions.whole_list import look_at_all_items
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.previous_attributes import subscription_before
from shared.stripe_objects.subscriptions import Subscription


def handle(event: Event, books: Books) -> Decision:
    """The organization, new if the books have none, and a mail for each change that the customer should know.

    If the books do not know the subscription, the event itself may tell its state before the change.
    """
    subscription = read(Subscription, event.object)
    before = books.read(Organization, event.account, subscription.customer)
    after = before.with_subscription(subscription, event)
    known, now = before.whole(subscription.id), after.whole(subscription.id)
    overtaken = before.subscription(subscription.id) == after.subscription(subscription.id)
    look = (*look_at_all_items(subscription, after, event), *look_at_entitlements(after, event, books.policy.plans))
    if now is None or overtaken:  # overtaken, or a repetition
        return Decision(save=(after,), then=look)
    change = SubscriptionChange(known, known or subscription_before(event), now, before, after, event, books.policy)
    prices = price_watch(known, now, event, books.policy.plans)
    return Decision(save=(after,), then=(*effects_of(change), *prices, *look))
