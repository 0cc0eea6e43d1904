"""The SQS message that carries an event: Stripe's bytes, addressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.ingest.rejection import RejectedError
from functions.ingest.sqs_rules import MAX_BYTES, escape_refused, is_identifier, message_size
from shared.own_types import is_own

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef, SendMessageRequestTypeDef

    from functions.ingest.settings import GroupBy, Settings
    from functions.ingest.stripe_event import StripeEvent

PLATFORM = "platform"  # the account of the events that name none: the platform's own


def message_for(event: StripeEvent, body: bytes, endpoint: str, settings: Settings) -> SendMessageRequestTypeDef:
    """The arguments of SendMessage.

    Args:
        event: The event read from `body`.
        body: Stripe's bytes, which are UTF-8; they travel unchanged wherever SQS allows it.
        endpoint: The name of the endpoint whose secret signed them.
        settings: The queue, and what makes a message group.

    Raises:
        RejectedError: 400, the event claims a type that only Billhook sends; 413, SQS would refuse its size.
    """
    if is_own(event.type):
        raise RejectedError(400, "own_type", "Only Billhook itself sends messages of this type.")
    message: SendMessageRequestTypeDef = {
        "QueueUrl": settings.queue_url,
        "MessageBody": escape_refused(body.decode()),
        "MessageAttributes": _attributes(event, endpoint),
        "MessageDeduplicationId": event.id,
        "MessageGroupId": group_of(event, settings.group_by),
    }
    if message_size(message) > MAX_BYTES:
        raise RejectedError(413, "too_large", f"The message is larger than SQS's {MAX_BYTES} bytes.")
    return message


def group_of(event: StripeEvent, group_by: GroupBy) -> str:
    """The message group: the account, or `account#customer` if that is asked for and the event names one."""
    account = event.account or PLATFORM
    by_customer = f"{account}#{event.customer}"
    if group_by == "customer" and event.customer and is_identifier(by_customer):
        return by_customer
    return account


def _attributes(event: StripeEvent, endpoint: str) -> dict[str, MessageAttributeValueTypeDef]:
    values = {
        "type": event.type,
        "account": event.account,
        "livemode": None if event.livemode is None else str(event.livemode).lower(),
        "api_version": event.api_version,
        "endpoint": endpoint,
        "request_id": event.request_id,
    }
    # SQS refuses an attribute without a value.
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items() if value}
