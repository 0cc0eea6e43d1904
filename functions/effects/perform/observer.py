"""Observation: reads an object at Stripe and sends it through the FIFO queue, where it is decided in order."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.effects.lane.attempt import OBSERVED
from shared.effects.observe import Observe
from shared.failures.errors import Misconfigured, Retryable
from shared.messages.mac import MAC_BYTES, signed_attributes
from shared.messages.sqs_rules import MAX_BYTES
from shared.runtime.message_keys import MessageKeys
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    import stripe
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sqs.client import SQSClient
    from stripe.params import SubscriptionItemListParams

TIMEOUTS = (2.0, 8.0)
"""Seconds to connect, and seconds to read."""
LONGEST = 20.0
"""Seconds after which no further page is read: the rest of the function's time is for the last page."""
PAGE = 100
"""Items in a page: Stripe's maximum."""
MOST_PAGES = 5
"""Pages of a subscription's items, at most: with their prices, 500 items nearly fill a message."""
OVER = frozenset({"canceled", "incomplete", "incomplete_expired"})
"""The statuses of a subscription that has ended or has never begun."""
TOO_MANY = "too many items"


class _TooManyError(Exception):
    """A subscription has more items than fit into a message."""


@dataclass
class Observer:
    """Reads with the API key in the secret `secret_id`. `clock` gives epoch seconds."""

    secrets: "SecretsManagerClient"
    secret_id: str
    sqs: "SQSClient"
    queue_url: str
    keys: MessageKeys
    by_customer: bool
    clock: Callable[[], float] = time.time
    _api: "stripe.StripeClient | None" = field(default=None, init=False)

    def observe(self, effect: Observe) -> str:
        """Read the object and queue it; returns `observed`, or the reason why nothing is queued.

        A question about an erasure always brings a message, which says so if no key may ask.
        The reasons: `no key` if no API key is stored, `unanswered` if Stripe does not show the object, and
        `too many items` if they do not fit into a message.

        Raises:
            Misconfigured: Stripe refuses the key, which may have been rolled; the next attempt fetches it again. Or no
                key is stored that signs the message.
            Retryable: Stripe did not answer, answered 429 or 5xx, or took too long for all pages.
            botocore.exceptions.ClientError, BotoCoreError: Secrets Manager or SQS did not answer.
        """
        api = self._client()
        read_at = int(self.clock())
        try:
            found = _read(api, effect) if api else None
        except Misconfigured:
            self._api = None
            raise
        except _TooManyError:
            return TOO_MANY
        if effect.object == "erasure":
            found = {"object": "erasure", "id": effect.id, "customer": effect.id, "answer": _answer(found)}
        if found is None:
            return "unanswered" if api else "no key"
        body = observation_message(effect, found, read_at)
        if len(body) + MAC_BYTES > MAX_BYTES:  # json writes ASCII only, so these are bytes
            return TOO_MANY
        self.sqs.send_message(
            QueueUrl=self.queue_url,
            MessageBody=body,
            MessageAttributes=signed_attributes(self.keys.signing(self.clock()), body, {}),
            MessageDeduplicationId=effect.name,
            MessageGroupId=self._group(effect),
        )
        return OBSERVED

    def _client(self) -> "stripe.StripeClient | None":
        """Stripe's client; None while no key is stored. The key is fetched once, when it is first needed."""
        if self._api is None:
            import stripe  # noqa: PLC0415 - slow to import, and most events never need it

            key = self.secrets.get_secret_value(SecretId=self.secret_id)["SecretString"].strip()
            stripe.log = None  # the environment variable STRIPE_LOG has the SDK print whole answers
            if key.startswith(("sk_", "rk_")):
                transport = stripe.RequestsClient(timeout=TIMEOUTS)
                self._api = stripe.StripeClient(key, max_network_retries=1, http_client=transport)
        return self._api

    def _group(self, effect: Observe) -> str:
        by_customer = self.by_customer and effect.object != "account"
        return f"{effect.account}#{effect.owner}" if by_customer else effect.account


def observation_message(effect: Observe, found: dict[str, Any], read_at: int) -> str:
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


def _read(api: "stripe.StripeClient", effect: Observe) -> dict[str, Any] | None:
    """The object as Stripe shows it now; None if there is none, or the key may not see it."""
    import stripe  # noqa: PLC0415 - as above

    options: Any = {} if effect.account == PLATFORM else {"stripe_account": effect.account}
    try:
        match effect.object:
            case "account":
                return dict(api.v1.accounts.retrieve(effect.id).to_dict())
            case "customer":
                return dict(api.v1.customers.retrieve(effect.id, options=options).to_dict())
            case "erasure":
                return dict(api.v1.customers.retrieve(effect.id, {"expand": ["subscriptions"]}, options).to_dict())
            case "subscription":
                found = dict(api.v1.subscriptions.retrieve(effect.id, options=options).to_dict())
                return found | {"items": _all_items(api, effect.id, options)}
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise Retryable(type(error).__name__) from error
    except stripe.AuthenticationError as error:
        raise Misconfigured("stripe_key") from error
    except stripe.StripeError as error:
        if (error.http_status or 0) >= 500:  # noqa: PLR2004 - HTTP's
            raise Retryable(f"stripe_{error.http_status}") from error
        if effect.object == "erasure" and error.http_status == 404:  # noqa: PLR2004 - HTTP's
            return {"deleted": True}
        return None


def _answer(customer: Mapping[str, Any] | None) -> str:
    """The answer of `shared.effects.observe.ErasureCheck` from a customer with the subscriptions that Stripe lists."""
    if customer is None:
        return "unanswered"
    if customer.get("deleted"):
        return "gone"
    if "subscriptions" not in customer:
        return "unanswered"
    listed = customer["subscriptions"]["data"]
    return "subscribed" if any(one["status"] not in OVER for one in listed) else "unsubscribed"


def _all_items(api: "stripe.StripeClient", subscription: str, options: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's
    """The whole list of a subscription's items; the subscription object embeds the first ten."""
    begun = time.monotonic()
    asked: SubscriptionItemListParams = {"subscription": subscription, "limit": PAGE}
    items: list[dict[str, Any]] = []
    for _ in range(MOST_PAGES):
        page = api.v1.subscription_items.list(asked, options)
        items += (dict(item.to_dict()) for item in page.data)
        if not (page.has_more and page.data):
            return {"object": "list", "data": items, "has_more": False}
        if time.monotonic() - begun > LONGEST:
            raise Retryable("stripe_slow")
        asked["starting_after"] = page.data[-1].id
    raise _TooManyError
