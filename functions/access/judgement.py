"""The judgement: what an access item says at this moment, and whether it allows what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.access.question import Question

type Shown = dict[str, Any]

EMPTY: Mapping[str, Any] = {
    "schema_version": 1,
    "reference": None,
    "status": "none",
    "access": None,
    "access_until": None,
    "granted_until": None,
    "granted_features": [],
    "granted_limits": [],
    "plan": None,
    "features": [],
    "limits": {},
    "past_due": False,
    "trial_ends_at": None,
    "renews_at": None,
    "ends_at": None,
    "subscriptions": [],
    "ended_subscriptions": [],
    "version": 0,
    "changed_at": None,
    "policy": None,
}
"""The fields of an answer beside `account` and `customer`."""
OF_THE_TABLE = frozenset({"pk", "sk", "saved_ms"})


def shown_at(item: Mapping[str, Any], now: float, default: Callable[[], Mapping[str, Any]]) -> Shown:
    """An item as it is true at epoch seconds `now`: access and granted features that have ended by themselves are gone.

    Args:
        item: the attributes of the item.
        now: epoch seconds.
        default: returns plan, features and limits of a customer without access.
    """
    shown = {**EMPTY, **{name: value for name, value in item.items() if name not in OF_THE_TABLE}}
    shown["subscriptions"] = [_subscription_at(one, now) for one in shown["subscriptions"]]
    if (shown["granted_until"] or now + 1) <= now:  # beside a subscription; plan and limits follow with the schedule
        features = [one for one in shown["features"] if one not in shown["granted_features"]]
        shown |= {"features": features, "granted_features": [], "granted_limits": []}
    over = {"status": _ended(shown), "access": False, "granted_features": [], "granted_limits": []}
    return {**shown, **over, **default()} if _is_over(shown, now) else shown


def nobody(account: str, customer: str | None, reference: str | None, default: Mapping[str, Any]) -> Shown:
    """What a customer may do that no event has told of."""
    whose = {"account": account, "customer": customer, "reference": reference}
    return {**EMPTY, **whose, "access": False, **default}


def best_of(several: list[Shown]) -> Shown:
    """The customer with the most access, if a reference has several; then the newest change."""
    return max(several, key=lambda one: (one["access"] is True, one["access"] is None, one["changed_at"] or 0))


def judge(shown: Shown, question: Question) -> dict[str, Any]:
    """`allowed` and `why`, and for a limit its number in `limit`; `allowed` is None if it is unknown."""
    number = {"limit": shown["limits"].get(question.limit)} if question.limit else {}
    if shown["status"] == "unknown":
        return {"allowed": None, "why": "unknown", **number}
    if question.feature:
        allowed = question.feature in shown["features"]
    elif question.limit:
        allowed = (number["limit"] or 0) > 0
    else:
        allowed = shown["access"] is True
    return {"allowed": allowed, "why": _why(shown, question, allowed=allowed), **number}


def _why(shown: Shown, question: Question, *, allowed: bool) -> str:
    if question.feature in shown["granted_features"] or question.limit in shown["granted_limits"]:
        return "granted"  # by a grant, which neither the trial nor the days of grace end
    if allowed:
        return {"trialing": "trial", "grace": "grace"}.get(shown["status"], "granted")
    if shown["access"]:
        return "not_in_plan"
    return "ended" if shown["status"] in {"ended", "past_due", "paused"} else "no_subscription"


def _is_over(shown: Mapping[str, Any], now: float) -> bool:
    until = shown.get("access_until")
    return bool(shown["access"]) and until is not None and until <= now


def _ended(shown: Mapping[str, Any]) -> str:
    return "past_due" if shown["status"] == "grace" else "ended"


def _subscription_at(one: Mapping[str, Any], now: float) -> Shown:
    known = {"access_until": None, "plan": None, "quantity": None, "period_end": None, **one}
    return known | {"status": _ended(known), "access": False} if _is_over(known, now) else known
