"""Put an event into the queue as ingest would have, and say so: one log line each, with ids and no payload."""

import json
from typing import TYPE_CHECKING

from functions.reconcile.reconcile import Offer
from functions.reconcile.stripe_api import Json
from shared.messages.addressing import stripe_event
from shared.messages.envelope import GroupBy, queue_message
from shared.messages.unqueueable import UnqueueableEventError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs.client import SQSClient

ENDPOINT = "reconcile"
"""What stands in the place of the endpoint's name: in the message, in the inbox, and so in every log."""

type Say = Callable[[Json, str | None], None]
"""Tells of an event that was offered, or why it could not be."""


def offerer(sqs: "SQSClient", queue_url: str, group_by: GroupBy, say: "Say") -> Offer:
    """A function that offers an event; it raises botocore's errors if SQS does not take it."""

    def offer(event: Json) -> bool:
        try:
            # ASCII: a JSON escape is the same text to who reads it, and SQS takes every one.
            text = json.dumps(event, separators=(",", ":"))
            message = queue_message(stripe_event(event), text, ENDPOINT, queue_url, group_by)
        except UnqueueableEventError as unfit:
            say(event, unfit.reason)
            return False
        sqs.send_message(**message)
        say(event, None)
        return True

    return offer
