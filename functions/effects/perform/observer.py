"""Observation: reads an object at Stripe and sends it through the FIFO queue, where it is decided in order."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.effects.lane.attempt import OBSERVED
from functions.effects.perform.stripe_reader import TooManyItemsError, answer_of, look_up
from shared.effects.observe import Observe
from shared.failures.errors import Misconfigured
from shared.messages.mac import MAC_BYTES, signed_attributes
from shared.messages.sqs_rules import MAX_BYTES
from shared.runtime.message_keys import MessageKeys
from shared.runtime.stripe_key import is_of_mode, mode_of
from shared.stripe_objects.fields import id_of
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    import stripe
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sqs.client import SQSClient

TIMEOUTS = (2.0, 8.0)
"""Seconds to connect, and seconds to read."""
TOO_MANY = "too many items"
NO_KEY, OTHER_MODE = "no key", "key of another mode"


@dataclass
class Observer:
    """Reads with the API key in the secret `secret_id`. `clock` gives epoch seconds.

    `livemode` is the mode whose events the stack handles; None for both.
    """

    secrets: "SecretsManagerClient"
    secret_id: str
    sqs: "SQSClient"
    queue_url: str
    keys: MessageKeys
    by_customer: bool
    livemode: bool | None
    clock: Callable[[], float] = time.time
    _api: "stripe.StripeClient | None" = field(default=None, init=False)

    def observe(self, effect: Observe) -> str:
        """Read the object and queue it; returns `observed`, or the reason why nothing is queued.

        A question about an erasure always brings a message, which says so if no key may ask or if the key does not fit.
        The reasons: `no key` if no API key is stored, `key of another mode`, `unanswered` if Stripe does not show the
        object, and `too many items` if they do not fit into a message.

        Raises:
            Misconfigured: Stripe refuses the key, which may have been rolled; the next attempt fetches it again. Or no
                key is stored that signs the message.
            Retryable: Stripe did not answer, answered 429 or 5xx, or took too long for all pages.
            botocore.exceptions.ClientError, BotoCoreError: Secrets Manager or SQS did not answer.
        """
        api = self._client()
        read_at = int(self.clock())
        try:
            found = None if isinstance(api, str) else look_up(api, effect)
        except Misconfigured:
            self._api = None
            raise
        except TooManyItemsError:
            return TOO_MANY
        if effect.object == "erasure":
            answer = "misfit" if api == OTHER_MODE else answer_of(found)
            if answer == "misfit":
                self._api = None  # somebody may store another key
            found = {"object": "erasure", "id": effect.id, "customer": effect.id, "answer": answer}
        if found is None:
            return api if isinstance(api, str) else "unanswered"
        body = observation_message(effect, found, read_at)
        if len(body) + MAC_BYTES > MAX_BYTES:  # json writes ASCII only, so these are bytes
            return TOO_MANY
        self.sqs.send_message(
            QueueUrl=self.queue_url,
            MessageBody=body,
            MessageAttributes=signed_attributes(self.keys.signing(self.clock()), body, {}),
            MessageDeduplicationId=effect.name,
            MessageGroupId=self._group(effect, found),
        )
        return OBSERVED

    def _client(self) -> "stripe.StripeClient | str":
        """Stripe's client, or why there is none. The key is fetched once, when it is first needed."""
        if self._api is None:
            import stripe  # noqa: PLC0415 - slow to import, and most events never need it

            key = self.secrets.get_secret_value(SecretId=self.secret_id)["SecretString"].strip()
            stripe.log = None  # the environment variable STRIPE_LOG has the SDK print whole answers
            mode = mode_of(key)
            if mode is None:
                return NO_KEY
            if not is_of_mode(mode, livemode=self.livemode):
                return OTHER_MODE
            transport = stripe.RequestsClient(timeout=TIMEOUTS)
            self._api = stripe.StripeClient(key, max_network_retries=1, http_client=transport)
        return self._api

    def _group(self, effect: Observe, found: Mapping[str, Any]) -> str:
        """The message group, as for an event about the same object: a guest's session has no customer."""
        of_session = effect.object in {"checkout_session", "order_lines"}
        owner = id_of(found.get("customer")) if of_session else effect.owner
        by_customer = self.by_customer and effect.object != "account" and owner
        return f"{effect.account}#{owner}" if by_customer else effect.account


def observation_message(effect: Observe, found: Mapping[str, Any], read_at: int) -> str:
    """The message with what was read at epoch seconds `read_at`: an event of Billhook's own type."""
    return json.dumps(
        {
            "id": effect.name,
            "object": "event",
            "type": f"observed.{effect.object}",
            "created": read_at,
            "account": None if effect.account == PLATFORM else effect.account,
            "data": {"object": found},
        },
        separators=(",", ":"),
        default=str,
    )
