"""The event bus: what happened, announced to the business's own services; docs/announcements.md is the schema."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING

from functions.consumer.perform import Announce
from shared.effects import Publish
from shared.errors import Retryable

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "billhook"
AT_ONCE = 10
"""https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""


def announcer(client: "EventBridgeClient", bus: str) -> Announce:
    """A function that puts announcements on `bus`; each carries a stable id, since the bus may repeat one."""

    def announce(announcements: Sequence[Publish]) -> str:
        for some in batched(announcements, AT_ONCE, strict=False):
            answer = client.put_events(Entries=[_entry(one, bus) for one in some])
            # A call that succeeds may still refuse entries, one by one.
            if answer["FailedEntryCount"]:
                codes = [entry["ErrorCode"] for entry in answer["Entries"] if "ErrorCode" in entry]
                raise Retryable(codes[0] if codes else "PutEventsFailed")
        return "published"

    return announce


def _entry(announcement: Publish, bus: str) -> "PutEventsRequestEntryTypeDef":
    return {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": announcement.name,
        "Detail": announcement.model_dump_json(exclude={"kind", "name"}, exclude_none=True),
        "Time": datetime.fromtimestamp(announcement.at, UTC),
    }
