"""An announcement: an event on the bus for the business's own services."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from shared.stripe_objects.order_lines import OrderLine
from shared.values.frozen import Frozen, Scalar


class Announcement(Frozen):
    """A change that the business's own services hear of on the bus: docs/announcements.md.

    Args:
        id: the same each time it is published, so that readers can recognize a repetition.
        name: `organization.past_due`; the detail type on the bus.
        at: the `created` of the event that told of the change, in epoch seconds.
        record: the key of the changed record, `<partition>/<sort key>`.
        version: the version of that record after the change.
        facts: the facts after the change: ids, states and amounts, no names and no addresses.
        metadata: the metadata of the Stripe object.
        customer_metadata: the metadata of its customer.
        subscription_metadata: the metadata of its subscription.
        lines: what was bought in an order, in the one announcement that tells it.
    """

    kind: Annotated[Literal["publish"], Field(exclude=True)] = "publish"  # stored in lists of announcements only
    id: str
    name: str
    at: int
    account: str
    customer: str | None = None
    record: str
    version: int
    reference: str | None = None
    facts: Mapping[str, Scalar] = {}
    metadata: Mapping[str, str] = {}
    customer_metadata: Mapping[str, str] | None = None
    subscription_metadata: Mapping[str, str] | None = None
    lines: tuple[OrderLine, ...] | None = None
