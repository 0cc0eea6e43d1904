"""Stripe's entitlements as features: Stripe is asked for the list where no event has told of it, or ten of it only."""

from shared.effects.observe import Observe
from shared.messages.internal_types import is_observed
from shared.policy.plans import Plans
from shared.records.organization import Organization
from shared.stripe_objects.event import Event


def look_at_entitlements(after: Organization, event: Event, plans: Plans) -> tuple[Observe, ...]:
    """An observation of a subscriber's entitlements, if the business uses them and they are not known as a whole.

    `after` includes the event. An observation never asks, so each event costs one observation at most.
    """
    known = after.entitlements
    if not plans.by_stripe or is_observed(event.type) or not after.subscriptions_with_access:
        return ()
    if known and (not known.value.has_more or event.created < known.second):
        return ()
    return (Observe(object="entitlements", account=event.account, id=after.subject, event=event.id),)
