"""Which mails an event makes wrong to send: found in Stripe's objects alone, without Billhook's code.

Books of the past stay true: a receipt, the end of a dispute, a change of plan.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.messages.internal_types import is_internal
from shared.stripe_objects.event import Event
from shared.values.times import DAY

REMIND_AFTER = 3 * DAY
SUBSCRIBED = {"trialing", "active", "past_due"}
DUNNING = {"payment_failed", "payment_confirm", "payment_still_due", "invoice_overdue"}
"""Mails that ask for money. No such mail is sent once its subscription has ended."""
OVER: Mapping[str, set[str]] = {
    "payment_failed": {"paid", "void", "uncollectible"},
    "payment_confirm": {"paid", "void", "uncollectible"},
    "payment_still_due": {"paid", "void", "uncollectible"},
    "invoice_due": {"paid", "void", "uncollectible"},
    "invoice_overdue": {"paid", "void", "uncollectible"},
    "finalization_failed": {"open", "paid", "void", "uncollectible"},
    "dispute_opened": {"won", "lost", "warning_closed", "prevented"},
    "dispute_escalated": {"won", "lost", "prevented"},
    "dispute_due": {"won", "lost", "warning_closed", "prevented", "under_review", "warning_under_review"},
    "payout_coming": {"paid", "failed", "canceled"},
}
"""For each mail the statuses of its object that overtake it, at any time."""


def about(mail: Email) -> str:
    """The id of the object of a mail: the first part of its key after the template's name."""
    return mail.key.split(":")[1]


def contradicting_event(mail: Email, known: Sequence[Event]) -> Event | None:
    """The first of the `known` events that makes `mail` wrong to send; None if none does."""
    account = mail.partition.partition("#")[0]
    theirs = [event for event in known if event.account == account and not is_internal(event.type)]
    return next((event for event in theirs if _silences(event, mail, theirs) or _tells(event, mail, theirs)), None)


def _silences(event: Event, mail: Email, known: Sequence[Event]) -> bool:
    """Whether the recipient gets no more mail: the customer was deleted, or the account left and did not return."""
    if mail.audience == "operator":
        return False
    if event.type == "customer.deleted":
        return mail.partition.endswith(f"#{event.object['id']}")
    back = any(_is_back(one, event.created) for one in known)
    return event.type == "account.application.deauthorized" and not back


def _is_back(event: Event, left_at: int) -> bool:
    """Whether an event shows that its account is back. Most events show it by their day only."""
    told = {"account.updated", "account.application.authorized"}
    return event.created > left_at if event.type in told else event.created // DAY > left_at // DAY


def _tells(event: Event, mail: Email, known: Sequence[Event]) -> bool:  # noqa: PLR0911 - a table: one return a kind
    """Whether the object of `event` contradicts `mail`."""
    obj, same = event.object, event.object.get("id") == about(mail)
    if same and obj.get("status") in OVER.get(mail.template, set()):
        return True
    match obj.get("object"):
        case "invoice" if mail.template == "access_ended":
            settled = obj.get("status") in OVER["payment_failed"]
            return bool(settled) and _subscription_of(obj["id"], known) == about(mail)
        case "invoice" if same:
            return _tried_again(event, mail)
        case "refund":
            return (mail.template, obj.get("payment_intent"), obj["status"]) == ("refund", about(mail), "failed")
        case "subscription" if event == _newest(obj, known):
            if mail.template == "welcome":
                return not any(one.object["status"] in SUBSCRIBED for one in _newest_of_each(event, known))
            if mail.template in DUNNING:
                return bool(obj["status"] == "canceled" and obj["id"] == _subscription_of(about(mail), known))
            return _subscribed_otherwise(event, mail) if same else mail.template == "farewell" and _stays(obj)
    return False


def _tried_again(event: Event, mail: Email) -> bool:
    """Whether a later attempt failed: each attempt has its own mail, and moves the reminder."""
    which = mail.key.split(":")[2] if mail.key.count(":") > 1 else "0"
    match mail.template:
        case "payment_failed" | "payment_confirm":
            return bool(event.object["attempt_count"] > int(which))
        case "payment_still_due":
            return event.type.startswith("invoice.payment_") and event.created + REMIND_AFTER > int(which)
    return False


def _subscribed_otherwise(event: Event, mail: Email) -> bool:
    """Whether the newest state of a subscription differs from what `mail` says."""
    subscription, later = event.object, event.created > mail.expires - MAIL_EXPIRES_AFTER
    alive, ends = subscription["status"] in SUBSCRIBED, _ends(subscription)
    match mail.template:
        case "trial_ending":
            moved = mail.key.split(":")[2] != str(subscription.get("trial_end"))
            return subscription["status"] != "trialing" or moved or ends
        case "access_ended":
            return bool(subscription["status"] != "past_due")
        case "subscription_on_hold":
            return subscription["status"] not in {"paused", "unpaid"}
        case "cancellation_scheduled":
            return not alive or (later and not ends)
        case "cancellation_withdrawn":
            return not alive or (later and ends)
    return False


def _newest(obj: Mapping[str, Any], known: Sequence[Event]) -> Event:
    """The newest event about the same object."""
    return max((event for event in known if event.object.get("id") == obj["id"]), key=lambda event: event.created)


def _newest_of_each(event: Event, known: Sequence[Event]) -> list[Event]:
    """The newest event about each subscription of the customer of `event`."""
    theirs = {"object": "subscription", "customer": event.object["customer"]}
    subscriptions = [one for one in known if all(one.object.get(name) == value for name, value in theirs.items())]
    return [one for one in subscriptions if one == _newest(one.object, known)]


def _subscription_of(invoice_id: str, known: Sequence[Event]) -> str | None:
    """The subscription that an invoice is for, in either shape of Stripe's API."""
    invoices = (one.object for one in known if one.object.get("id") == invoice_id)
    for invoice in invoices:
        details = (invoice.get("parent") or {}).get("subscription_details") or {}
        found: str | None = invoice.get("subscription") or details.get("subscription")
        return found
    return None


def _ends(subscription: Mapping[str, Any]) -> bool:
    return bool(subscription.get("cancel_at") or subscription.get("cancel_at_period_end"))


def _stays(subscription: Mapping[str, Any]) -> bool:
    return subscription["status"] in SUBSCRIBED | {"paused", "unpaid"}
