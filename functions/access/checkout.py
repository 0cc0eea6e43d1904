"""What came of a Checkout session: answered as soon as an event has told, or when the wait is over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.access.problem import ProblemError
from functions.access.question import read_checkout
from shared.messages.session_refresh import REFRESH_EVERY, SessionRefresh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from functions.access.aws import AccessTable, EffectsQueue
    from functions.access.problem import Reason
    from functions.access.question import CheckoutQuestion

FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 0.1, 1.5, 1.0
"""Seconds between the first two reads of the items, how much each pause grows, and the longest pause in seconds.

A wait of 5 seconds reads 10 times at most. Each time takes one read unit, or two once a subscription was bought.
"""
REFRESH_TAKES = 3.0
"""Seconds for which a refresh waits for the outcome of the refresh at most."""
STORE_KEY = (
    "store one with `aws secretsmanager put-secret-value --secret-id STACK/stripe-api-key --secret-string "
    "file:///dev/stdin`, where STACK is the name of Billhook's stack."
)
REFUSALS: Mapping[str, tuple[int, Reason, str]] = {
    "no key": (
        409,
        "no_stripe_key",
        f"Billhook cannot look at Stripe without a restricted key that may read Checkout sessions: {STORE_KEY}",
    ),
    "key of another mode": (
        409,
        "no_stripe_key",
        f"Billhook cannot look at Stripe with a key of the other mode, live or test: {STORE_KEY}",
    ),
    "unanswered": (
        404,
        "no_such_session",
        "Stripe does not show this session: another id, account or mode, or a key that may not read sessions.",
    ),
    "stripe failed": (503, "stripe_unavailable", "Stripe did not answer: try again in a minute."),
}
"""The outcomes of a refresh that are told as problems: status, reason and detail."""
FIELDS = ("account", "session", "mode", "outcome", "why", "customer", "reference", "subscription")


@dataclass(frozen=True, slots=True)
class Checkout:
    """Answers questions about Checkout sessions.

    Attributes:
        table: The session items and the access items.
        clock: Returns Unix time in seconds.
        sleep: Takes seconds, and returns after them.
        longest: The longest wait in seconds.
        refreshes: The queue of the worker that looks at Stripe.
    """

    table: AccessTable
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    longest: float
    refreshes: EffectsQueue

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """API Gateway's answer: 200 with the outcome, or 202 if the outcome is still pending after the wait.

        Raises:
            ProblemError: 400, the question is wrong; 503, DynamoDB did not answer.
        """
        question = read_checkout(event, self.longest)
        shown = self._awaited(question)
        pending = shown["outcome"] == "pending"
        headers = {"content-type": "application/json", "cache-control": "no-store"}
        return {
            "statusCode": 202 if pending else 200,
            "headers": headers | ({"retry-after": "1"} if pending else {}),
            "body": json.dumps(shown, sort_keys=True),
        }

    def refresh(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """API Gateway's answer to a late webhook: 202 once Billhook looks at Stripe, at most once a minute a session.

        Raises:
            ProblemError: 400, the question is wrong; 404, Stripe does not show the session; 409, no API key may ask;
                503, AWS or Stripe did not answer.
        """
        question = read_checkout(event, 0, waits=False)
        began = self.clock()
        outcome = self._last_refresh(question, began)
        if outcome is None:
            self.refreshes.ask(SessionRefresh(question.account, question.session))
            pauses = self._pauses(min(self.longest, REFRESH_TAKES))
            while outcome in {None, "asked"} and next(pauses, False):
                outcome = self._last_refresh(question, began)
        outcome = outcome or "asked"
        if outcome in REFUSALS:
            status, reason, detail = REFUSALS[outcome]
            raise ProblemError(status, reason, detail)
        body = {"account": question.account, "session": question.session, "refresh": outcome}
        headers = {"content-type": "application/json", "cache-control": "no-store", "retry-after": "1"}
        return {"statusCode": 202, "headers": headers, "body": json.dumps(body, sort_keys=True)}

    def _last_refresh(self, question: CheckoutQuestion, now: float) -> str | None:
        """The outcome of the last refresh, `asked` while it is under way; None if it is older than a minute."""
        refresh = self.table.refresh_of(question.account, question.session)
        if refresh is None or refresh["asked_at"] <= now - REFRESH_EVERY:
            return None
        return str(refresh.get("outcome", "asked"))

    def _awaited(self, question: CheckoutQuestion) -> dict[str, Any]:
        shown = self._read(question)
        pauses = self._pauses(question.wait)
        while shown["outcome"] == "pending" and next(pauses, False):
            shown = self._read(question)
        return shown

    def _pauses(self, seconds: float) -> Iterator[bool]:
        """Sleep before each further read, in growing pauses, until `seconds` are over."""
        end, pause = self.clock() + seconds, FIRST_PAUSE
        while (left := end - self.clock()) > 0:
            self.sleep(min(pause, left))
            yield True
            pause = min(pause * GROWTH, LONGEST_PAUSE)

    def _read(self, question: CheckoutQuestion) -> dict[str, Any]:
        asked = {"account": question.account, "session": question.session}
        item = self.table.session_of(question.account, question.session)
        if item is None or item["expires_at"] <= self.clock():  # DynamoDB deletes it up to days late
            return dict.fromkeys(FIELDS) | asked | {"outcome": "pending", "why": "not_heard"}
        shown = {name: item.get(name) for name in FIELDS}
        if shown["outcome"] not in {"completed", "payment_pending"} or not shown["subscription"]:
            return shown
        return shown | self._of_subscription(shown)

    def _of_subscription(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """What the subscription of a session gives, as the access item of the customer says."""
        item = self.table.item_of(shown["account"], shown["customer"]) or {}
        if shown["subscription"] in item.get("ended_subscriptions", ()):
            return {"outcome": "completed", "why": "ended"}
        bought = next((one for one in item.get("subscriptions", ()) if one["id"] == shown["subscription"]), None)
        if bought is None:
            return {"outcome": "pending", "why": "subscription_not_heard"}
        if bought["access"] and not 0 < bought.get("access_until", 0) <= self.clock():
            return {"outcome": "access_given"}
        if bought["status"] != "none":
            return {"why": "no_access"}
        # The first payment of the subscription has not come: an event follows at once, unless the payment is delayed.
        return {"outcome": "pending" if shown["outcome"] == "completed" else shown["outcome"], "why": "incomplete"}
