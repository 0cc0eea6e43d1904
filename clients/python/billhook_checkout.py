"""Wait for what came of a Checkout session: for the page to which the customer returns, beside billhook_access.py.

    came = wait_for_checkout(access, session_id, seconds=20)
    if came.outcome in {"access_given", "fulfilled"}:
        ...

The question waits at Billhook, and is repeated until an event has told the outcome or until your own deadline. If the
event is late, the client asks once that Billhook looks at Stripe.
"""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from billhook_access import NO_ANSWER, TIMEOUT, Access, Query, RefusedError

LONGEST_WAIT = 5
"""Seconds for which one question waits at Billhook."""
LATE = 4.0
"""Seconds after which the event counts as late."""
PAUSE = 1.0
"""Seconds between two questions if the answer names none."""


@dataclass(frozen=True)
class Outcome:
    """What came of the session.

    Attributes:
        outcome: access_given, fulfilled, completed, payment_pending, failed or expired; pending at the deadline.
        why: not_heard, subscription_not_heard, incomplete, no_access, ended, payment_failed, payment_canceled,
            unreachable; or None.
        customer: Stripe's id of the customer; None for a guest.
        reference: your own id, which the session carries as `client_reference_id`.
        subscription: Stripe's id of the subscription that was bought.
    """

    outcome: str
    why: str | None = None
    customer: str | None = None
    reference: str | None = None
    subscription: str | None = None


def wait_for_checkout(
    access: Access,
    session: str,
    *,
    seconds: float = 20.0,
    account: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """What came of a Checkout session, as soon as Billhook knows; `pending` after `seconds`.

    After that, each next check of `access` asks again, so that it knows what the customer has just bought.

    Args:
        access: the client, or `fake_access`.
        session: Stripe's id of the session, cs_…, from the URL of your page.
        seconds: your own deadline.
        account: the connected account whose session it is, acct_….
        sleep: waits for seconds; for tests.

    Raises:
        RefusedError: the token or the id of the session is wrong.
    """
    try:
        return _awaited(access, session, seconds, (("account", account),) if account else (), sleep)
    finally:
        access.renew()


def _awaited(access: Access, session: str, seconds: float, whose: Query, sleep: Callable[[float], None]) -> Outcome:
    began, refreshed, why = access.clock(), False, "unreachable"
    while (left := began + seconds - access.clock()) > 0:
        wait = int(min(left, LONGEST_WAIT))
        try:
            body, pause = _ask(access, session, (*whose, ("wait", str(wait))), min(left, wait + TIMEOUT))
        except NO_ANSWER:
            body, pause = {}, PAUSE
        if body and body["outcome"] != "pending":
            ids = (body.get(name) for name in ("why", "customer", "reference", "subscription"))
            return Outcome(body["outcome"], *ids)
        why = body.get("why", why)
        if not refreshed and access.clock() - began >= LATE:
            refreshed = True
            _refresh(access, session, whose)
        sleep(min(pause, max(0.0, began + seconds - access.clock())))
    return Outcome("pending", why)


def _ask(access: Access, session: str, query: Query, timeout: float) -> tuple[Mapping[str, Any], float]:
    """The body of the answer, empty after a fault of Billhook's, and the seconds until the next question."""
    if access.fetch:
        return access.fetch((("session", session), *query)), PAUSE
    return _send(access, "GET", session, query, timeout)


def _refresh(access: Access, session: str, query: Query) -> None:
    """Ask that Billhook looks at Stripe; without an API key it cannot, and the event is waited for."""
    if access.fetch is None:
        try:
            _send(access, "POST", f"{session}/refresh", query, TIMEOUT)
        except (*NO_ANSWER, RefusedError):
            return


def _send(access: Access, method: str, path: str, query: Query, timeout: float) -> tuple[Mapping[str, Any], float]:
    url = f"{access.url.removesuffix('/access')}/checkout/{urllib.parse.quote(path)}?{urllib.parse.urlencode(query)}"
    request = urllib.request.Request(  # noqa: S310 - the URL is the app's own setting
        url, method=method, headers={"Authorization": f"Bearer {access.token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310 - likewise
            return json.load(answer), _seconds(answer.headers.get("Retry-After"))
    except urllib.error.HTTPError as error:
        if error.code < 500 and error.code != 429:  # noqa: PLR2004 - HTTP's
            raise RefusedError(json.load(error).get("detail", f"HTTP {error.code}")) from None
        return {}, _seconds(error.headers.get("Retry-After"))


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after and retry_after.isdecimal() else PAUSE
