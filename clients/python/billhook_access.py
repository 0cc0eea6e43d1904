"""Ask Billhook what a customer may do now: one file with the standard library alone, to copy into your app.

    access = Access(url="https://….amazonaws.com/access", token="…")
    if access.check("org_fernhill", "exports").allowed:
        ...

The client keeps each answer, which counts as new for `fresh_for` seconds. After that a check returns the older answer
at once, and a thread asks for a new one. With `fresh_for=0` each check asks. While Billhook cannot be reached, older
answers stay in use for `stale_for` seconds; then `default` is the answer. Your app counts usage; Billhook knows limits.
"""

import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Query = tuple[tuple[str, str], ...]
"""The parameters of a question, such as `(("reference", "org_1"), ("feature", "exports"))`."""
Fetch = Callable[[Query], Mapping[str, Any]]
"""Returns the body of the answer to a question; raises OSError or ValueError if there is none."""

TIMEOUT, MOST_KEPT = 3.0, 10_000
NO_ANSWER = (OSError, ValueError, http.client.HTTPException)
"""What a question raises if Billhook cannot be reached, or if something else answers in its place."""


@dataclass(frozen=True)
class Check:
    """The answer.

    Attributes:
        allowed: Whether the customer may do what was asked.
        reason: granted, trial, grace, not_in_plan, ended, no_subscription, unknown; or unreachable.
        limit: The number of the limit that was asked for; None if there is none.
        plan: The name of the plan; None if it is unknown.
        stale: Whether the answer is an older one, or the default; an answer that was just fetched is never stale.
    """

    allowed: bool
    reason: str
    limit: int | None = None
    plan: str | None = None
    stale: bool = False


@dataclass
class _Kept:
    body: Mapping[str, Any]
    at: float
    renewals: int
    asking: bool = False


class RefusedError(Exception):
    """Billhook refused the question: the token or the question is wrong, and asking again does not help."""


@dataclass
class Access:
    """Asks the function access at `url`, the output AccessUrl, with `token`, which `billhook token` has made."""

    url: str
    token: str = field(repr=False)
    fresh_for: float = 10.0
    stale_for: float = 3600.0
    fetch: Fetch | None = None
    clock: Callable[[], float] = time.time
    _renewals: int = field(default=0, init=False, repr=False)
    _kept: dict[Query, _Kept] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def check(  # noqa: PLR0913 - what an app may ask
        self,
        reference: str | None = None,
        feature: str | None = None,
        *,
        customer: str | None = None,
        limit: str | None = None,
        default: bool = False,
        account: str | None = None,
    ) -> Check:
        """Whether a customer may use a feature, or has a limit; without both, whether the customer has access at all.

        Args:
            reference: your own id of the customer.
            feature: the name of a feature in plans.toml.
            customer: Stripe's id of the customer, cus_…, in place of `reference`.
            limit: the name of a limit in plans.toml; not together with `feature`.
            default: the answer while Billhook does not know or cannot be reached.
            account: the connected account whose customer it is, acct_….

        Raises:
            RefusedError: the token or the question is wrong.
        """
        if (reference is None) == (customer is None):
            raise RefusedError("Name the customer by one of reference and customer")
        asked = (("customer", customer), ("reference", reference), ("feature", feature), ("limit", limit))
        query = tuple((name, value) for name, value in (*asked, ("account", account)) if value is not None)
        kept, stale = self._usable(query), False
        if kept is None or self.fresh_for <= 0 or kept.renewals < self._renewals:
            try:
                kept = self._ask(query)
            except NO_ANSWER:
                if kept is None:
                    return Check(default, "unreachable", stale=True)
                stale = True
        elif self.clock() - kept.at >= self.fresh_for:
            self._ask_beside(query, kept)
            stale = True
        allowed = default if kept.body["allowed"] is None else bool(kept.body["allowed"])
        return Check(allowed, kept.body["why"], kept.body.get("limit"), kept.body.get("plan"), stale)

    def renew(self) -> None:
        """Let each next check ask; a kept answer then counts only while Billhook cannot be reached."""
        with self._lock:
            self._renewals += 1

    def _usable(self, query: Query) -> _Kept | None:
        """What is kept of a question; None if it is too old, or if the access in it has ended by itself."""
        kept, now = self._kept.get(query), self.clock()
        if not kept or now - kept.at >= self.stale_for:
            return None
        parts = (kept.body, *kept.body.get("subscriptions", ()))
        ends = [one.get(end) for one in parts for end in ("access_until", "granted_until")]
        return None if any(end is not None and kept.at < end <= now for end in ends) else kept

    def _ask(self, query: Query) -> _Kept:
        renewals = self._renewals  # before the question: an answer from before a renewal is not new
        kept = _Kept((self.fetch or self._over_http)(query), self.clock(), renewals)
        with self._lock:
            self._kept.pop(query, None)
            self._kept[query] = kept
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return kept

    def _ask_beside(self, query: Query, kept: _Kept) -> None:
        """Ask again in a thread, unless one does so already."""
        with self._lock:
            if kept.asking:
                return
            kept.asking = True

        def again() -> None:
            try:
                self._ask(query)
            except NO_ANSWER:
                kept.asking = False  # the next check tries again
            except RefusedError:
                with self._lock:  # without a kept answer, the next check asks and raises
                    self._kept.pop(query, None)

        threading.Thread(target=again, daemon=True, name="billhook-access").start()

    def _over_http(self, query: Query) -> Mapping[str, Any]:
        customer = urllib.parse.quote(dict(query).get("customer", ""), safe="")
        asked = urllib.parse.urlencode([pair for pair in query if pair[0] != "customer"])
        url = f"{self.url}/{customer}?{asked}" if customer else f"{self.url}?{asked}"
        headers = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the URL is the app's own setting
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - likewise
                body: Mapping[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code in {400, 401}:
                raise RefusedError(json.load(error).get("detail", f"HTTP {error.code}")) from None
            raise
        return body


def fake_access(customers: Mapping[str, Mapping[str, Any]], checkouts: Mapping[str, Mapping[str, Any]] = {}) -> Access:
    """Access for the tests of your app, without Billhook.

    Args:
        customers: by your own id or Stripe's, what each may do, such as {"org_1": {"features": ["exports"]}}; with
            `plan`, `limits`, and `access`, which is true by default. Any other customer has no subscription.
        checkouts: by session, what came of it, such as {"cs_1": {"outcome": "access_given"}}; any other is pending.
    """

    def fetch(query: Query) -> Mapping[str, Any]:
        asked = dict(query)
        if "session" in asked:
            return checkouts.get(asked["session"], {"outcome": "pending", "why": "not_heard"})
        who = customers.get(asked.get("customer") or asked.get("reference", ""))
        known: Mapping[str, Any] = {"access": False} if who is None else who
        access, limit = bool(known.get("access", True)), known.get("limits", {}).get(asked.get("limit"))
        has = asked.get("feature") in known.get("features", ())
        allowed = has if "feature" in asked else bool(limit) if "limit" in asked else access
        refused = "no_subscription" if who is None else "not_in_plan" if access else "ended"
        why = "granted" if allowed else refused
        return {"allowed": allowed, "why": why, "limit": limit, "plan": known.get("plan")}

    return Access("fake", "fake", fresh_for=0.0, stale_for=0.0, fetch=fetch)
