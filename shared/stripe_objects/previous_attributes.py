"""What was before an event, as the event itself tells: the first that is ever heard of a subscription may be any."""

from pydantic import ValidationError

from shared.stripe_objects.event import Event
from shared.stripe_objects.subscriptions import Subscription

ENDED = ("customer.subscription.deleted", "customer.subscription.paused")
"""Events without `previous_attributes` after which something that gave access no longer does."""


def subscription_before(event: Event) -> Subscription | None:
    """The subscription that `event` is about as it was before; None if the event does not tell.

    `previous_attributes` holds what an update changed (https://docs.stripe.com/api/events/object).
    """
    if event.object.get("object") != "subscription":
        return None
    if event.type in ENDED:
        return _read(dict(event.object) | {"status": "active", "ended_at": None})
    return _read(event.object_before)


def _read(obj: object) -> Subscription | None:
    """The object as a subscription; None if there is none, or if the changes undone leave none."""
    try:
        return Subscription.model_validate(obj) if obj is not None else None
    except ValidationError:
        return None
