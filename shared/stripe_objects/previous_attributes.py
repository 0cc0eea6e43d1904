"""The subscription before an event, from the event itself; it may be the first event about the subscription."""

from pydantic import ValidationError

from shared.stripe_objects.event import Event
from shared.stripe_objects.subscriptions import Subscription

ENDED = ("customer.subscription.deleted", "customer.subscription.paused")
"""Events without `previous_attributes` that end access."""


def subscription_before(event: Event) -> Subscription | None:
    """The subscription before `event`; None if the event does not tell.

    `previous_attributes` holds what an update changed (https://docs.stripe.com/api/events/object).
    """
    if event.object.get("object") != "subscription":
        return None
    if event.type in ENDED:
        return _read(dict(event.object) | {"status": "active", "ended_at": None})
    return _read(event.object_before)


def _read(obj: object) -> Subscription | None:
    """`obj` as a subscription; None if there is no object, or if it is no valid subscription."""
    try:
        return Subscription.model_validate(obj) if obj is not None else None
    except ValidationError:
        return None
