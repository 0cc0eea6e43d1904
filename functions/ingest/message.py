"""The message that ingest queues, or the answer to Stripe if SQS cannot carry the event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.ingest.rejection import RejectedError
from shared.messages.envelope import queue_message
from shared.messages.unqueueable import UnqueueableEventError

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef

    from functions.ingest.settings import Settings
    from shared.messages.addressing import StripeEvent


def message_for(
    event: StripeEvent, body: bytes, endpoint: str, settings: Settings, key: bytes
) -> SendMessageRequestTypeDef:
    """The arguments of SendMessage.

    Args:
        event: The event read from `body`.
        body: Stripe's bytes, which are UTF-8. They stay unchanged wherever SQS allows it.
        endpoint: The name of the endpoint whose secret signed them.
        settings: The queue, and what makes a message group.
        key: The key that signs the message.

    Raises:
        RejectedError: 400, the event claims a type that only Billhook sends; 413, it is too large for SQS.
    """
    try:
        return queue_message(event, body.decode(), endpoint, settings.queue_url, settings.group_by, key)
    except UnqueueableEventError as unfit:
        raise rejected(unfit) from unfit


def rejected(unfit: UnqueueableEventError) -> RejectedError:
    """The answer to Stripe about an event that SQS cannot carry."""
    return RejectedError(413 if unfit.reason == "too_large" else 400, unfit.reason, str(unfit))
