"""The stories for runs in any order: those of `customer_stories`, and of customers who leave for good."""

from collections.abc import Mapping
from dataclasses import replace

from tests.support.customer_stories import (
    BACK,
    BEGUN,
    CUSTOMER_STORIES,
    DUNNING,
    ENDED,
    PLAN_CHANGE,
    REFUND_FAILED,
    SOMEBODY,
)
from tests.support.samples import sample
from tests.support.stories import CONNECTED
from tests.support.story import DAY, Story, of

LEFT = Story(events=(SOMEBODY, BEGUN, ENDED), must=of("farewell"), may=of("welcome"))
DELETED = Story(
    events=(*DUNNING.events, ENDED, sample("customer.deleted", created=ENDED.created + DAY)),
    may=of("welcome", "payment_failed", "receipt", "farewell"),
)
LOST = Story(
    events=(
        SOMEBODY,
        BEGUN,
        sample("invoice.payment_failed"),
        sample("invoice.payment_failed.last"),
        ENDED,
        sample("invoice.marked_uncollectible"),
    ),
    must=of("farewell"),
    may=of("welcome", "payment_failed"),
)


def _connected(story: Story, *more: str) -> Story:
    """The same story in a connected account, which leaves at the end."""
    events = tuple(event.model_copy(update={"account": CONNECTED}) for event in story.events)
    last = max(event.created for event in events)
    left = sample("account.application.deauthorized", account=CONNECTED, created=last + DAY)
    return replace(story, events=(*events, left), must=of(), may=story.must | story.may | of(*more))


STORIES: Mapping[str, Story] = CUSTOMER_STORIES | {
    "left": LEFT,
    "deleted": DELETED,
    "lost": LOST,
    "plan change, connected": _connected(PLAN_CHANGE),
    "refund failed, connected": _connected(REFUND_FAILED),
    "back, connected": _connected(BACK),
}
