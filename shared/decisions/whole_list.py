"""A subscription with more than ten items: an event embeds ten of them, so Stripe is asked for the whole list."""

from shared.effects.observe import Observe
from shared.messages.internal_types import is_observed
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.subscriptions import Subscription


def look_at_all_items(told: Subscription, after: Organization, event: Event) -> tuple[Observe, ...]:
    """An observation of `told`, if `event` is its newest event and lacks items; empty otherwise.

    `after` includes the event. An older event need not ask: the newer one is complete or has asked. An event that
    changes none of the first ten items asks, since another item may have changed. An observation never asks, so each
    event costs one observation at most.
    """
    facet = after.subscriptions.get(told.id)
    if facet is None or is_observed(event.type) or not (told.has_more and facet.value.has_more):
        return ()
    if event.created < facet.second:
        return ()
    return (Observe(object="subscription", account=event.account, id=told.id, event=event.id, customer=told.customer),)
