"""The Lambda handler of ingest: reads a request, checks its signature, queues the event, and answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.ingest.authentication import authenticate
from functions.ingest.log import print_request
from functions.ingest.message import message_for
from functions.ingest.rejection import RejectedError
from functions.ingest.request import read_request
from functions.ingest.stripe_event import parse_event
from shared.failures.errors import Misconfigured, Unforeseen
from shared.messages.binding import unvouched
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef

    from functions.ingest.settings import Settings
    from functions.ingest.signing_secrets import SigningSecrets
    from shared.runtime.message_keys import MessageKeys

LATEST = 8
"""Seconds after which a request is admitted unasked: it has waited for secrets, and must end before Lambda stops it."""


@dataclass(frozen=True, slots=True)
class Handler:
    """The Lambda handler of an HTTP API event.

    Attributes:
        settings: The settings of ingest.
        secrets: The endpoints' signing secrets.
        keys: The keys that sign messages.
        send: Returns once SQS has stored the message; raises RejectedError (503) if it did not.
        admit: Raises RejectedError (503) if the queue is full of this account's events; takes the time, too.
        clock: Returns Unix time in seconds.
    """

    settings: Settings
    secrets: SigningSecrets
    keys: MessageKeys
    send: Callable[[SendMessageRequestTypeDef], None]
    admit: Callable[[str, float], None]
    clock: Callable[[], float]

    def __call__(self, event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        """API Gateway's answer to an event of payload format 2.0.

        Raises:
            Unforeseen: a bug, and never a request. API Gateway answers 500, and Stripe sends the event again.
        """
        started = self.clock()
        known: dict[str, object] = {}
        rejection = None
        try:
            answer = self._accept(event, started, known)
        except RejectedError as error:
            rejection = error
            answer = _answer(error.status, {"error": str(error), "reason": error.reason})
            if error.retry_after is not None:
                answer["headers"]["retry-after"] = str(error.retry_after)
        except Exception as bug:  # noqa: BLE001 - its text may quote the event, and Lambda would log it
            raise Unforeseen(bug) from None
        print_request(known, rejection, self.settings.metrics_namespace, started=started, ended=self.clock())
        return answer

    def _accept(self, event: Mapping[str, Any], now: float, known: dict[str, object]) -> dict[str, Any]:
        """Queue the event and answer 200; `known` collects what the log line says about the event."""
        request = read_request(event)
        known["endpoint"] = endpoint = authenticate(request, self.secrets, now)
        stripe_event = parse_event(request.body)
        known |= {
            "event_id": stripe_event.id,
            "type": stripe_event.type,
            "account": stripe_event.account,
            "livemode": stripe_event.livemode,
        }
        if reason := unvouched(endpoint, stripe_event.account):
            known["unvouched"] = reason
        message = message_for(stripe_event, request.body, endpoint, self.settings, self._key(now))
        if self.clock() - now < LATEST:
            self.admit(stripe_event.account or PLATFORM, now)
        self.send(message)
        return _answer(200, {"received": True, "id": stripe_event.id})

    def _key(self, now: float) -> bytes:
        try:
            return self.keys.signing(now)
        except Misconfigured as error:
            message = "The event could not be queued: send it again."
            cause = "The secret of the message keys holds no key, or one of fewer than 32 characters."
            raise RejectedError(503, "no_message_key", message, cause) from error


def _answer(status: int, body: dict[str, object]) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
