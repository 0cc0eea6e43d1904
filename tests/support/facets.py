"""Events about one subscription, and their facet."""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from shared.records.facets import Facet, merge
from shared.stripe_objects.event import Event, EventData
from shared.stripe_objects.objects import read
from shared.stripe_objects.subscriptions import Subscription
from tests.support.samples import sample

SUBSCRIPTION = sample("customer.subscription.created").object


def told_of(
    number: int, verb: str, second: int, obj: Mapping[str, Any], previous: Mapping[str, Any] | None = None
) -> Event:
    """Event `number`: the subscription, now `obj`, was created, updated or deleted in `second`."""
    return Event(
        id=f"evt_{number:02}",
        type=f"customer.subscription.{verb}",
        created=second,
        data=EventData(object=obj, previous_attributes=previous),
    )


def heard(events: Iterable[Event]) -> Facet[Subscription]:
    """The facet after these events, in this order."""
    first, *others = events
    return reduce(
        lambda facet, event: merge(facet, event, read(Subscription, event.object)),
        others,
        merge(None, first, read(Subscription, first.object)),
    )
