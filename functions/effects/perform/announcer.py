"""Announcements: puts events on the bus for the business's own services; docs/announcements.md is the schema."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import batched
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.effects.announcement import Announcement

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "billhook"
BATCH = 10
"""https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""


@dataclass(frozen=True)
class Bus:
    """The event bus named `bus`."""

    client: "EventBridgeClient"
    bus: str

    def publish(self, announcements: Sequence[Announcement]) -> str:
        """Put announcements on the bus; returns `published`. Each has a stable id, because the bus may repeat one.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: EventBridge refused an entry, or did not answer.
        """
        for some in batched(announcements, BATCH, strict=False):
            answer = self.client.put_events(Entries=[_entry(one, self.bus) for one in some])
            # EventBridge can accept the call and still refuse single entries.
            if answer["FailedEntryCount"]:
                codes = [entry["ErrorCode"] for entry in answer["Entries"] if "ErrorCode" in entry]
                raise _refused(codes[0] if codes else "InternalFailure")
        return "published"


def _refused(code: str) -> ClientError:
    """The refusal of an entry as a ClientError, whose code tells the kind of failure."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR if code.startswith("Internal") else HTTPStatus.BAD_REQUEST
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutEvents")  # type: ignore[typeddict-item] # nothing reads the rest of the metadata


def _entry(announcement: Announcement, bus: str) -> "PutEventsRequestEntryTypeDef":
    return {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": announcement.name,
        "Detail": announcement.model_dump_json(exclude={"kind", "name"}, exclude_none=True),
        "Time": datetime.fromtimestamp(announcement.at, UTC),
    }
