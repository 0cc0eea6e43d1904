"""One SQS message as the consumer reads it, before it validates the event."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.messages.internal_types import is_internal
from shared.messages.sample_ids import is_shared_by_samples
from shared.stripe_objects.event import subject_of
from shared.values.platform import PLATFORM

UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Message:
    """SQS's attributes of a message, and the fields of its event that need no validation.

    `event_id` is the inbox's key: the event's own id, or `message:<id>` if the body has no id. It comes from the body,
    never from a deduplication id, which SQS replaces when it dead-letters and when it redrives. Test events from
    Stripe's Dashboard share one id, so the consumer appends the message's id.
    """

    message_id: str
    receipt_handle: str
    body: str
    group: str
    sent_ms: int
    first_received_ms: int
    event_id: str
    type: str
    created: int | None
    account: str
    customer: str | None
    livemode: bool | None
    api_version: str | None
    endpoint: str | None
    thin: bool
    attributes: Mapping[str, str]
    """The message attributes, its MAC among them."""
    first: bool
    """Whether SQS hands the message out for the first time, so that no attempt has begun."""
    object: Mapping[str, Any]
    """The Stripe object of the event, unvalidated; empty if there is none."""

    @property
    def readable(self) -> bool:
        """Whether the body has an id and a type; otherwise it was never an event."""
        return not self.event_id.startswith("message:") and self.type != UNREADABLE

    @property
    def own(self) -> bool:
        """Whether Billhook itself sent it, not Stripe."""
        return is_internal(self.type)


def read_message(record: Mapping[str, Any]) -> Message:
    """The message in one record of an SQS event (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""
    body = _object_in(record["body"])
    data = body.get("data")
    obj = data.get("object") if isinstance(data, Mapping) else None
    attributes = record["attributes"]
    set_by_sender = {
        name: value["stringValue"]
        for name, value in record.get("messageAttributes", {}).items()
        if value.get("stringValue") is not None
    }
    thin = body.get("object") == "v2.core.event"
    return Message(
        message_id=record["messageId"],
        receipt_handle=record["receiptHandle"],
        body=record["body"],
        group=attributes.get("MessageGroupId", PLATFORM),
        sent_ms=int(attributes["SentTimestamp"]),
        first_received_ms=int(attributes["ApproximateFirstReceiveTimestamp"]),
        event_id=_event_id(body, record["messageId"]),
        type=_text(body, "type") or UNREADABLE,
        created=body["created"] if type(body.get("created")) is int else None,  # a thin event's is a string
        account=_text(body, "context" if thin else "account") or PLATFORM,
        customer=subject_of(obj) if isinstance(obj, Mapping) and obj.get("customer") else None,
        livemode=body["livemode"] if isinstance(body.get("livemode"), bool) else None,
        api_version=_text(body, "api_version"),
        endpoint=set_by_sender.get("endpoint"),
        thin=thin,
        attributes=set_by_sender,
        first=attributes.get("ApproximateReceiveCount") == "1",
        object=obj if isinstance(obj, Mapping) else {},
    )


def _event_id(body: Mapping[str, Any], message_id: str) -> str:
    own = _text(body, "id")
    if own is None:
        return f"message:{message_id}"
    return f"{own}:{message_id}" if is_shared_by_samples(own) else own


def _object_in(body: str) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None
