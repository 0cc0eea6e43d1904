"""The way of one request: read it, find who signed it, queue it, answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from functions.ingest.authentication import authenticate
from functions.ingest.log import print_request
from functions.ingest.message import message_for
from functions.ingest.rejection import RejectedError
from functions.ingest.request import read_request
from functions.ingest.stripe_event import read_stripe_event
from shared.failures.errors import Unforeseen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef

    from functions.ingest.settings import Settings
    from functions.ingest.signing_secrets import SigningSecrets

type Handler = Callable[[Mapping[str, Any], object], dict[str, Any]]


def make_handler(
    settings: Settings,
    secrets: SigningSecrets,
    send: Callable[[SendMessageRequestTypeDef], None],
    clock: Callable[[], float],
) -> Handler:
    """The Lambda handler.

    Args:
        settings: The settings of ingest.
        secrets: The endpoints' signing secrets.
        send: Returns once the message is stored; raises RejectedError (503) if it is not.
        clock: Returns Unix time in seconds.

    Returns:
        A function of an HTTP API event (payload format 2.0) and Lambda's context, which returns API Gateway's answer.
        It raises nothing that a request can cause. A bug raises `Unforeseen`: API Gateway answers 500, Stripe retries.
    """

    def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        started = clock()
        known: dict[str, object] = {}
        rejection = None
        try:
            request = read_request(event)
            known["endpoint"] = endpoint = authenticate(request, secrets, started)
            stripe_event = read_stripe_event(request.body)
            known |= {
                "event_id": stripe_event.id,
                "type": stripe_event.type,
                "account": stripe_event.account,
                "livemode": stripe_event.livemode,
            }
            send(message_for(stripe_event, request.body, endpoint, settings))
            answer = _answer(200, {"received": True, "id": stripe_event.id})
        except RejectedError as error:
            rejection = error
            answer = _answer(error.status, {"error": str(error), "reason": error.reason})
        except Exception as bug:  # noqa: BLE001 - whatever it is, its text is to be nowhere
            raise Unforeseen(bug) from None
        print_request(known, rejection, settings.metrics_namespace, started=started, ended=clock())
        return answer

    return handler


def _answer(status: int, body: dict[str, object]) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
