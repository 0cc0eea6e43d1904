"""Stripe's API: reads the event list and the connected accounts, page by page and below the rate limit."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import stripe

from functions.reconcile.event_types import chunks_of
from shared.failures.errors import Permanent, Retryable
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from stripe import ListObject
    from stripe.params import AccountListParams, EventListParams

type Json = Mapping[str, Any]

PAGE = 100
"""Entries in a page: Stripe's maximum."""

PAUSE = 0.05
"""Seconds before each call, so at most 20 calls a second. Stripe allows 25 in test mode and 100 in live mode, which the
business's own calls share (https://docs.stripe.com/rate-limits)."""

TIMEOUT = 20
"""Seconds that a call may take, at most."""


def connect(key: str, base: str | None) -> stripe.StripeClient:
    """A client of Stripe's API, or of the API at `base`."""
    stripe.log = None  # the environment variable STRIPE_LOG makes the SDK print whole answers
    http = stripe.RequestsClient(timeout=TIMEOUT)
    if base:
        return stripe.StripeClient(key, http_client=http, max_network_retries=1, base_addresses={"api": base})
    return stripe.StripeClient(key, http_client=http, max_network_retries=1)


@dataclass(frozen=True)
class StripeApi:
    """The two lists. An event is Stripe's own, with its account added. The newest of a call's types comes first.

    Every method raises Retryable if Stripe does not answer, or answers 429 or 5xx, and Permanent if it refuses.
    An event's data is always in the API version that the account had when the event was created
    (https://docs.stripe.com/api/events/list).
    """

    client: stripe.StripeClient
    sleep: Callable[[float], None]

    def events(self, account: str, since: int, until: int) -> Iterator[Json]:
        """The events of `account` created from `since` to `until`, both included, in epoch seconds."""
        for types in chunks_of(account):
            asked: EventListParams = {"types": types, "created": {"gte": since, "lte": until}, "limit": PAGE}
            while True:
                page = self._page(account, asked)
                yield from page["data"]
                if not (page["has_more"] and page["data"]):
                    break
                asked["starting_after"] = page["data"][-1]["id"]

    def newest(self, account: str, before: int) -> Iterator[Json]:
        """The newest events of `account` created before a second: at most one page for each group of types."""
        for types in chunks_of(account):
            yield from self._page(account, {"types": types, "created": {"lt": before}, "limit": PAGE})["data"]

    def connected(self) -> Iterator[str]:
        """The ids of the connected accounts (https://docs.stripe.com/api/accounts/list)."""
        asked: AccountListParams = {"limit": PAGE}
        while True:
            page = self._ask(lambda: self.client.v1.accounts.list(asked), "accounts")
            yield from (account["id"] for account in page["data"])
            if not (page["has_more"] and page["data"]):
                break
            asked["starting_after"] = page["data"][-1]["id"]

    def _page(self, account: str, asked: "EventListParams") -> Json:
        # No filter by delivery_success: it would hide events that were accepted and lost.
        if account == PLATFORM:
            return self._ask(lambda: self.client.v1.events.list(asked), "events")
        page = self._ask(lambda: self.client.v1.events.list(asked, {"stripe_account": account}), "events")
        # In the list of a connected account Stripe leaves out the field `account`, which its webhooks have.
        return {**page, "data": [{**event, "account": account} for event in page["data"]]}

    def _ask(self, call: "Callable[[], ListObject[Any]]", what: str) -> Json:
        self.sleep(PAUSE)
        try:
            answer = call().last_response
        except (stripe.APIConnectionError, stripe.RateLimitError) as error:
            raise Retryable(type(error).__name__) from None
        except stripe.StripeError as error:
            if error.http_status is None or error.http_status >= 500 or error.http_status < 400:  # noqa: PLR2004 - HTTP's
                raise Retryable(f"stripe_{error.http_status}") from None
            # Not the error itself: Stripe's text may quote personal data, which belongs in no log.
            code = error.error.code if error.error else None
            raise Permanent(code or f"stripe_{error.http_status}", what) from None
        # The JSON as Stripe sends it; the SDK's objects differ from it.
        return cast("Json", answer.data) if answer else {"data": [], "has_more": False}
