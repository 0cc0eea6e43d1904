"""Something that happened, told to the business's own services on the bus."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from shared.values.frozen import Frozen, Scalar


class Announcement(Frozen):
    """Something that happened, for the business's own services to hear on the bus: docs/announcements.md.

    Args:
        id: the same however often it is published, for its readers to know a repetition by.
        name: `organization.past_due`; the detail type on the bus.
        at: when, in epoch seconds: the `created` of the event that told it.
        record: where the record lies that changed, `<partition>/<sort key>`, and `version` as which it was saved.
        facts: what the record says now; ids, states and amounts, no names and no addresses.
        metadata: the business's own, of the Stripe object; and what it has put on its customer and subscription.
    """

    kind: Annotated[Literal["publish"], Field(exclude=True)] = "publish"  # stored in a list of its own kind only
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
