"""The SQS message of an event: its JSON and its address. Ingest and reconciliation send the same message."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from shared.messages.binding import unvouched
from shared.messages.internal_types import is_internal
from shared.messages.mac import signed_attributes
from shared.messages.sample_ids import is_shared_by_samples
from shared.messages.sqs_rules import MAX_BYTES, escape_refused, is_identifier, message_size
from shared.messages.unqueueable import UnqueueableEventError
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef

    from shared.messages.addressing import StripeEvent

type GroupBy = Literal["account", "customer"]


def queue_message(  # noqa: PLR0913, PLR0917 - what the message is made of
    event: StripeEvent, text: str, endpoint: str, queue_url: str, group_by: GroupBy, key: bytes
) -> SendMessageRequestTypeDef:
    """The arguments of SendMessage.

    Args:
        event: The event read from `text`.
        text: The event's JSON, sent unchanged except for characters that SQS refuses.
        endpoint: The name of the endpoint whose secret signed the event, or `reconcile`.
        queue_url: The FIFO queue of events.
        group_by: The message group: one per account, or one per customer.
        key: The key that signs the message.

    Raises:
        UnqueueableEventError: The event has a type that only Billhook sends, or is too large for SQS.
    """
    if is_internal(event.type):
        raise UnqueueableEventError("own_type", "Only Billhook itself sends messages of this type.")
    body = escape_refused(text)
    message: SendMessageRequestTypeDef = {
        "QueueUrl": queue_url,
        "MessageBody": body,
        "MessageAttributes": signed_attributes(key, body, _attributes(event, endpoint)),
        "MessageDeduplicationId": _deduplication_id_from(event, endpoint),
        "MessageGroupId": group_of(event, group_by),
    }
    if message_size(message) > MAX_BYTES:
        raise UnqueueableEventError("too_large", f"The message is larger than SQS's {MAX_BYTES} bytes.")
    return message


def deduplication_id(event_id: str) -> str:
    """The deduplication id: the event's id; a random one if Stripe gives the same id to every test event."""
    return f"{event_id}-{os.urandom(8).hex()}" if is_shared_by_samples(event_id) else event_id


def _deduplication_id_from(event: StripeEvent, endpoint: str) -> str:
    """SQS must not take an event for a repetition of one that its endpoint does not vouch for."""
    own = deduplication_id(event.id)
    apart = f"{own}@{endpoint}"
    return apart if unvouched(endpoint, event.account) and is_identifier(apart) else own


def group_of(event: StripeEvent, group_by: GroupBy) -> str:
    """The message group: the account, or `account#customer` if `group_by` says so and the event has a customer."""
    account = event.account or PLATFORM
    by_customer = f"{account}#{event.customer}"
    if group_by == "customer" and event.customer and is_identifier(by_customer):
        return by_customer
    return account


def _attributes(event: StripeEvent, endpoint: str) -> dict[str, str]:
    values = {
        "type": event.type,
        "account": event.account,
        "livemode": None if event.livemode is None else str(event.livemode).lower(),
        "api_version": event.api_version,
        "endpoint": endpoint,
        "request_id": event.request_id,
    }
    # SQS refuses an attribute without a value.
    return {name: value for name, value in values.items() if value}
