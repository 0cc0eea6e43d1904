"""Reading at Stripe: an object with the fields that a decision needs, or what Stripe says about an erasure."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared.effects.observe import Observe
from shared.failures.errors import Misconfigured, Retryable
from shared.stripe_objects.order_lines import MOST_LINES
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    import stripe

LONGEST = 20.0
"""Seconds after which no further page is read: the rest of the function's time is for the last page."""
PAGE = 100
"""Items in a page: Stripe's maximum."""
MOST_PAGES = 5
"""Pages of a subscription's items, at most: with their prices, 500 items nearly fill a message."""
OVER = frozenset({"canceled", "incomplete", "incomplete_expired"})
"""The statuses of a subscription that has ended or has never begun."""
MISFIT: Mapping[str, Any] = {}
"""Stands for a customer whom the key cannot see.

Stripe shows a deleted customer for ever, marked `deleted` (https://docs.stripe.com/api/customers/delete and
https://docs.stripe.com/api/customers/retrieve). So 404 is no deletion: the key is of another account or mode. 403 is a
key that may not read customers, or that has no access to the connected account.
"""


class TooManyItemsError(Exception):
    """A list has more items than fit into a message."""


def look_up(api: "stripe.StripeClient", effect: Observe) -> Mapping[str, Any] | None:
    """The object as Stripe shows it now; None if there is none, or the key may not see it.

    For an erasure, MISFIT if the key does not fit the customer.
    """
    import stripe  # noqa: PLC0415 - slow to import, and most events never need it

    options: Any = {} if effect.account == PLATFORM else {"stripe_account": effect.account}
    try:
        return _retrieved(api, effect, options)
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise Retryable(type(error).__name__) from error
    except stripe.AuthenticationError as error:
        raise Misconfigured("stripe_key") from error
    except stripe.StripeError as error:
        if (error.http_status or 0) >= 500:  # noqa: PLR2004 - HTTP's
            raise Retryable(f"stripe_{error.http_status}") from error
        return MISFIT if effect.object == "erasure" and error.http_status in {403, 404} else None


def _retrieved(api: "stripe.StripeClient", effect: Observe, options: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's
    """The object as the SDK returns it; raises the SDK's errors."""
    match effect.object:
        case "account":
            return dict(api.v1.accounts.retrieve(effect.id).to_dict())
        case "customer" | "erasure":
            more: Any = {"expand": ["subscriptions"]} if effect.object == "erasure" else {}
            return dict(api.v1.customers.retrieve(effect.id, more, options).to_dict())
        case "checkout_session":
            return dict(api.v1.checkout.sessions.retrieve(effect.id, options=options).to_dict())
        case "order_lines":
            return _order_lines(api, effect, options)
        case "subscription":
            found = dict(api.v1.subscriptions.retrieve(effect.id, options=options).to_dict())
            return found | {"items": _all_items(api, effect.id, options)}
        case "entitlements":
            return {
                "object": "entitlements.active_entitlement_summary",
                "customer": effect.id,
                "entitlements": _all_entitlements(api, effect.id, options),
            }


def answer_of(customer: Mapping[str, Any] | None) -> str:
    """The answer of `shared.effects.observe.ErasureCheck` from a customer with the subscriptions that Stripe lists."""
    if customer is MISFIT:
        return "misfit"
    if customer is None:
        return "unanswered"
    if customer.get("deleted"):
        return "gone"
    if "subscriptions" not in customer:
        return "unanswered"
    listed = customer["subscriptions"]["data"]
    return "subscribed" if any(one["status"] not in OVER for one in listed) else "unsubscribed"


def _order_lines(api: "stripe.StripeClient", effect: Observe, options: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's
    """The first page of a session's lines, without the fields that nobody needs: a description may name a person."""
    page = api.v1.checkout.sessions.line_items.list(effect.id, {"limit": MOST_LINES}, options)
    lines = [_bare_line(line.to_dict()) for line in page.data]
    owner = {"customer": effect.customer} if effect.customer else {}
    return {"object": "order_lines", "id": effect.id, **owner, "lines": lines, "more": page.has_more}


def _bare_line(line: Mapping[str, Any]) -> dict[str, Any]:
    price = line.get("price") or {}
    bare = {name: line.get(name) for name in ("quantity", "amount_total", "currency")}
    return {**bare, "price": {name: price.get(name) for name in ("id", "product", "lookup_key")}}


def _all_items(api: "stripe.StripeClient", subscription: str, options: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's
    """The whole list of a subscription's items; the subscription object embeds the first ten."""
    return _all(api.v1.subscription_items.list, {"subscription": subscription}, options)


def _all_entitlements(api: "stripe.StripeClient", customer: str, options: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's
    """The whole list of a customer's active entitlements; an event embeds the first ten."""
    return _all(api.v1.entitlements.active_entitlements.list, {"customer": customer}, options)


def _all(listed: Any, of: dict[str, Any], options: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's
    """A whole list; raises TooManyItemsError or Retryable if it is too long."""
    begun = time.monotonic()
    asked = {**of, "limit": PAGE}
    items: list[dict[str, Any]] = []
    for _ in range(MOST_PAGES):
        page = listed(asked, options)
        items += (dict(item.to_dict()) for item in page.data)
        if not (page.has_more and page.data):
            return {"object": "list", "data": items, "has_more": False}
        if time.monotonic() - begun > LONGEST:
            raise Retryable("stripe_slow")
        asked["starting_after"] = page.data[-1].id
    raise TooManyItemsError
