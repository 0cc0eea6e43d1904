"""Observation: reads an object at Stripe and sends what it read back through the FIFO queue, to be decided in order."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.effects import Observe
from shared.errors import Misconfigured, Retryable
from shared.event import PLATFORM

if TYPE_CHECKING:
    import stripe
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sqs.client import SQSClient

PATIENCE = (2.0, 8.0)
"""Seconds to connect and to read."""


@dataclass
class Observer:
    """Reads with the API key in the secret `secret_id`. `clock` gives epoch seconds."""

    secrets: "SecretsManagerClient"
    secret_id: str
    sqs: "SQSClient"
    queue_url: str
    by_customer: bool
    clock: Callable[[], float] = time.time
    _api: "stripe.StripeClient | None" = field(default=None, init=False)

    def observe(self, effect: Observe) -> str:
        """Read the object and queue it; returns `observed`, `no key`, or `unanswered` if Stripe does not show it.

        Raises:
            Misconfigured: Stripe refuses the key, which may have been rolled; the next try fetches it again.
            Retryable: Stripe did not answer, or answered 429 or 5xx.
            botocore.exceptions.ClientError, BotoCoreError: Secrets Manager or SQS did not answer.
        """
        api = self._client()
        if api is None:
            return "no key"
        read_at = int(self.clock())
        try:
            found = _read(api, effect)
        except Misconfigured:
            self._api = None
            raise
        if found is None:
            return "unanswered"
        self.sqs.send_message(
            QueueUrl=self.queue_url,
            MessageBody=message_of(effect, found, read_at),
            MessageDeduplicationId=effect.name,
            MessageGroupId=self._group(effect),
        )
        return "observed"

    def _client(self) -> "stripe.StripeClient | None":
        """Stripe's client; the key is fetched when it is first needed, and again while there is none."""
        if self._api is None:
            import stripe  # noqa: PLC0415 - slow to import, and most events never need it

            key = self.secrets.get_secret_value(SecretId=self.secret_id)["SecretString"].strip()
            if key.startswith(("sk_", "rk_")):
                transport = stripe.RequestsClient(timeout=PATIENCE)
                self._api = stripe.StripeClient(key, max_network_retries=1, http_client=transport)
        return self._api

    def _group(self, effect: Observe) -> str:
        by_customer = self.by_customer and effect.object == "customer"
        return f"{effect.account}#{effect.id}" if by_customer else effect.account


def message_of(effect: Observe, found: dict[str, Any], read_at: int) -> str:
    """The message that tells what was read at epoch seconds `read_at`: an event like any other, of our own type."""
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


def _read(api: "stripe.StripeClient", effect: Observe) -> dict[str, Any] | None:
    """The object as Stripe shows it now; None if this key may not see it, or there is none."""
    import stripe  # noqa: PLC0415 - as above

    options: Any = {} if effect.account == PLATFORM else {"stripe_account": effect.account}
    try:
        if effect.object == "account":
            return dict(api.v1.accounts.retrieve(effect.id).to_dict())
        return dict(api.v1.customers.retrieve(effect.id, options=options).to_dict())
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise Retryable(type(error).__name__) from error
    except stripe.AuthenticationError as error:
        raise Misconfigured("stripe_key") from error
    except stripe.StripeError as error:
        if (error.http_status or 0) >= 500:  # noqa: PLR2004 - HTTP's
            raise Retryable(f"stripe_{error.http_status}") from error
        return None
