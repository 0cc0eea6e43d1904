"""Offer: puts an event into the queue as ingest would have, and reports it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.reconcile.stripe_api import Json
from shared.messages.addressing import stripe_event
from shared.messages.envelope import GroupBy, group_of, queue_message
from shared.messages.unqueueable import UnqueueableEventError
from shared.runtime.message_keys import MessageKeys

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_sqs.client import SQSClient

ENDPOINT = "reconcile"
"""Stands in the place of the endpoint's name: in the message, in the inbox, and so in every log."""

type Say = Callable[[Json, str | None], None]
"""Reports an event that was offered, or the reason why it could not be."""


@dataclass(frozen=True)
class Offerer:
    """Puts events into the queue as ingest would have, and reports each one to `say`."""

    sqs: "SQSClient"
    queue_url: str
    group_by: GroupBy
    keys: MessageKeys
    say: Say

    def offer(self, event: Json) -> bool:
        """Offer an event; False if no message can carry it.

        Raises:
            Misconfigured: no key is stored that signs the message.
            botocore.exceptions.ClientError, BotoCoreError: SQS or Secrets Manager refused, or did not answer.
        """
        try:
            # ASCII only: a JSON escape means the same character, and SQS takes every one.
            text = json.dumps(event, separators=(",", ":"))
            key = self.keys.signing(time.time())
            message = queue_message(stripe_event(event), text, ENDPOINT, self.queue_url, self.group_by, key)
        except UnqueueableEventError as unfit:
            self.say(event, unfit.reason)
            return False
        self.sqs.send_message(**message)
        self.say(event, None)
        return True

    def group(self, event: Json) -> str | None:
        """The message group that an event has in the queue; None if it is too malformed to have one."""
        try:
            return group_of(stripe_event(event), self.group_by)
        except UnqueueableEventError:
            return None


@dataclass(frozen=True)
class OfferLog:
    """Logs offers: one line an event, with ids and no payload."""

    logger: "Logger"

    def write(self, event: Json, unfit: str | None) -> None:
        """Log that an event was offered, or as an error why it could not be."""
        line = {"event_id": event.get("id"), "type": event.get("type"), "account": event.get("account")}
        if unfit:
            self.logger.error("missing, and cannot be queued", extra={**line, "reason": unfit})
        else:
            self.logger.info("healed", extra={name: value for name, value in line.items() if value is not None})
