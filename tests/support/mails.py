"""Every mail that Billhook sends, as full as it can be, and the parts of it that may be missing."""

import re
from html import unescape
from itertools import combinations

from functions.effects.mails.render import render
from shared.effects.email import Email
from shared.stripe_objects.event import PLATFORM
from shared.values.frozen import Scalar

BUSINESS = "Saltmarsh Software"
URL = "https://invoice.stripe.com/i/acct_1/live_abc?s=ap"
NAME = "Fernhill Studio"
RENEWAL = 1795342394
PRICE: dict[str, Scalar] = {"amount": 2900, "currency": "usd"}
OWED: dict[str, Scalar] = {"name": NAME, **PRICE, "number": "E9XZ58UK-0006", "next_attempt": RENEWAL, "url": URL}
OURS: dict[str, Scalar] = {"account": PLATFORM, "livemode": True}
DISPUTE: dict[str, Scalar] = {
    **OURS,
    "dispute": "du_1Ua9GBHv8KpR2wXndJLKncXR",
    **PRICE,
    "reason": "product_not_received",
    "status": "needs_response",
    "due_by": RENEWAL,
    "customer": "cus_s4E7P0vk4zyEAh",
}
PAYOUT: dict[str, Scalar] = {"name": NAME, **PRICE, "arrival_date": RENEWAL, "reason": None, "reverses": False}
TRIAL: dict[str, Scalar] = {
    "name": NAME,
    "trial_end": RENEWAL,
    "then": "charge",
    **PRICE,
    "adjusted": True,
    "url": URL,
}
FULL: dict[str, dict[str, Scalar]] = {
    "order_confirmed": {"name": NAME, "amount": 9300, "currency": "usd"},
    "order_failed": {"name": NAME, "amount": 9300, "currency": "usd"},
    "welcome": TRIAL,
    "trial_ending": TRIAL,
    "plan_changed": {"name": NAME, "was": "Studio (5)", "now": "Studio (10)", "renews_at": RENEWAL},
    "subscription_on_hold": {"name": NAME, "status": "unpaid", "url": URL},
    "cancellation_scheduled": {"name": NAME, "ends_at": RENEWAL},
    "cancellation_withdrawn": {"name": NAME, "renews_at": RENEWAL},
    "farewell": {
        "name": NAME,
        "ended_at": 1796033603,
        "reason": "payment_failed",
        "erased_at": 1798625603,
        "waits": False,
        "export_url": URL,
        "export_days": 14,
    },
    "invoice_due": {"name": NAME, **PRICE, "number": "QU8KKTII-0002", "due_date": RENEWAL, "url": URL},
    "invoice_overdue": {"name": NAME, **PRICE, "number": "QU8KKTII-0002", "due_date": RENEWAL, "url": URL},
    "invoice_upcoming": {"name": NAME, **PRICE, "charged_at": RENEWAL, "url": URL},
    "erasure_postponed": {"name": NAME, "erased_by": RENEWAL},
    "receipt": {"name": NAME, **PRICE, "number": "E9XZ58UK-0006", "url": URL},
    "payment_failed": {**OWED, "decline_code": "expired_card", "method": "card"},
    "payment_still_due": OWED,
    "payment_confirm": {**OWED, "decline_code": "authentication_required", "method": "card"},
    "refund": {"name": NAME, **PRICE, "total": 9300, "paid": 9300, "whole": True, "method": "card", "url": URL},
    "payout_coming": PAYOUT,
    "payout_failed": {**PAYOUT, "reason": "account_closed"},
    "payout_canceled": PAYOUT,
    "account_requirements": {"name": NAME, "due_at": RENEWAL, "overdue": False, "stopped": False, "number": 2},
    "account_rejected": {"account": "acct_1T8bWcLs5NqE9zGd", "livemode": True, "reason": "rejected.fraud"},
    "dispute_due": DISPUTE,
    "dispute_escalated": DISPUTE,
    "fraud_warning": {
        **OURS,
        "payment": "pi_3UVAcqHv8KpR2wXn0xZCfQNV",
        "reason": "made_with_stolen_card",
        "customer": "cus_s4E7P0vk4zyEAh",
    },
    "refund_after_erasure": {**OURS, "payment": "pi_3UVAcqHv8KpR2wXn0xZCfQNV", **PRICE},
    "dispute_opened": DISPUTE,
    "dispute_closed": {**DISPUTE, "status": "lost"},
    "finalization_failed": {
        **OURS,
        "invoice": "in_1UYR6ZHv8KpR2wXnAZVMRxgw",
        **PRICE,
        "code": "customer_tax_location_invalid",
    },
    "refund_failed": {
        **OURS,
        "refund": "re_3USCcRHv8KpR2wXn14JFQmW7",
        **PRICE,
        "reason": "expired_or_canceled_card",
        "canceled": False,
    },
    "invoice_overpaid": {**OURS, "invoice": "in_1UYR6ZHv8KpR2wXnAZVMRxgw", **PRICE},
    "unknown_price": {**OURS, "price": "price_1USCcRHv8KpR2wXnoLFn2g4i"},
    "price_key_moved": {**OURS, "price": "price_1USCcRHv8KpR2wXnoLFn2g4i", "plan": "studio"},
    "items_incomplete": {**OURS, "subscription": "sub_1USCcRHv8KpR2wXnxQPUiPdq"},
    "erasure_waits": {**OURS, "customer": "cus_s4E7P0vk4zyEAh", "erased_by": RENEWAL},
}
GREETED = [template for template, full in FULL.items() if "name" in full]
"""The mails to people whose name somebody else has chosen."""
OPTIONAL = {
    "order_confirmed": ("name", "amount", "currency"),
    "order_failed": ("name", "amount", "currency"),
    "welcome": ("name", "trial_end", "amount", "adjusted", "url"),
    "trial_ending": ("name", "amount", "adjusted", "url"),
    "plan_changed": ("name", "was", "now", "renews_at"),
    "subscription_on_hold": ("name", "url"),
    "cancellation_scheduled": ("name",),
    "cancellation_withdrawn": ("name", "renews_at"),
    "farewell": ("name", "ended_at", "reason", "erased_at", "waits", "export_url"),
    "invoice_due": ("name", "number", "due_date", "url"),
    "invoice_overdue": ("name", "number", "url"),
    "invoice_upcoming": ("name", "url"),
    "erasure_postponed": ("name",),
    "receipt": ("name", "number", "url"),
    "payment_failed": ("name", "number", "next_attempt", "url", "decline_code", "method"),
    "payment_still_due": ("name", "number", "next_attempt", "url"),
    "payment_confirm": ("name", "number", "next_attempt", "url", "decline_code", "method"),
    "refund": ("name", "amount", "total", "paid", "whole", "method", "url"),
    "payout_coming": ("name", "reason", "reverses"),
    "payout_failed": ("name", "arrival_date", "reason", "reverses"),
    "payout_canceled": ("name", "arrival_date", "reason", "reverses"),
    "account_requirements": ("name", "due_at", "overdue", "stopped"),
    "account_rejected": ("livemode",),
    "dispute_due": ("customer", "livemode"),
    "dispute_escalated": ("due_by", "customer", "livemode"),
    "fraud_warning": ("customer", "livemode"),
    "refund_after_erasure": ("livemode",),
    "dispute_opened": ("due_by", "customer", "livemode"),
    "dispute_closed": ("due_by", "customer", "livemode"),
    "finalization_failed": ("code", "livemode"),
    "refund_failed": ("reason", "canceled", "livemode"),
    "invoice_overpaid": ("livemode",),
    "unknown_price": ("livemode",),
    "price_key_moved": ("livemode",),
    "items_incomplete": ("livemode",),
    "erasure_waits": ("livemode",),
}
OCCASIONS: dict[str, list[dict[str, Scalar]]] = {
    "trial_ending": [
        {"then": "end", "url": None},
        {"then": "cancel"},
        {"then": "cancel_if_none", "url": None},
        {"then": "pause"},
        {"then": "pause_if_none"},
        {"then": "invoice"},
        {"then": "unknown"},
        {"then": "free"},
    ],
    "welcome": [{"then": "end", "url": None}],
    "subscription_on_hold": [{"status": "paused"}],
    "farewell": [{"reason": "cancellation_requested"}, {"export_days": 1}, {"waits": True}],
    "payment_failed": [{"decline_code": "a_code_of_tomorrow"}, {"decline_code": "do_not_honor"}],
    "refund": [{"total": 2900}, {"total": 2900, "whole": False}, {"whole": False}],
    "payout_coming": [{"amount": -2900}, {"amount": -2900, "reverses": True}],
    "payout_failed": [{"amount": -2900}, {"reason": "a_code_of_tomorrow"}],
    "payout_canceled": [{"amount": -2900}],
    "account_requirements": [{"number": 1}, {"due_at": None, "overdue": True}, {"number": 1, "overdue": True}],
    "dispute_due": [{"status": "warning_needs_response"}, {"account": "acct_1T8bWcLs5NqE9zGd"}],
    "dispute_escalated": [{"account": "acct_1T8bWcLs5NqE9zGd"}],
    "fraud_warning": [{"account": "acct_1T8bWcLs5NqE9zGd"}],
    "refund_after_erasure": [{"account": "acct_1T8bWcLs5NqE9zGd"}],
    "dispute_opened": [
        {"status": "warning_needs_response"},
        {"status": "appeal_needs_response"},
        {"status": "a_status_of_tomorrow"},
        {"account": "acct_1T8bWcLs5NqE9zGd"},
    ],
    "dispute_closed": [
        {"status": "won"},
        {"status": "warning_closed"},
        {"status": "prevented"},
        {"status": "a_status_of_tomorrow"},
        {"account": "acct_1T8bWcLs5NqE9zGd"},
    ],
    "finalization_failed": [{"amount": 0}, {"account": "acct_1T8bWcLs5NqE9zGd"}],
    "refund_failed": [{"account": "acct_1T8bWcLs5NqE9zGd"}],
    **{
        name: [{"account": "acct_1T8bWcLs5NqE9zGd"}]
        for name in ("unknown_price", "invoice_overpaid", "price_key_moved", "items_incomplete", "erasure_waits")
    },
}
"""What else there is to say, by what is then different."""
VARIANTS = [
    (template, full | occasion | dict.fromkeys(missing))
    for template, full in FULL.items()
    for occasion in ({}, *OCCASIONS.get(template, ()))
    for how_many in range(len(OPTIONAL[template]) + 1)
    for missing in combinations(OPTIONAL[template], how_many)
]
"""Each template on each occasion with each choice of its optional parts missing."""


def shown(template: str, **changes: Scalar) -> tuple[str, str, str]:
    """The subject, the text and the HTML of a full mail with `changes`."""
    data = FULL[template] | changes
    mail = Email(template=template, to="a@example.com", partition="platform#cus_1", key="k", expires=0, data=data)
    return render(mail, BUSINESS)


def words(html: str) -> str:
    """What a reader sees of the HTML, its buttons aside: the words of its body on one line."""
    body = re.sub(r"<a .*?</a>", "", html[html.index("<body") :])
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split()).replace(" ,", ",").replace(" .", ".")


def links(read: str) -> list[str]:
    """The addresses that a text or an HTML part leads to."""
    return [unescape(link) for link in re.findall(r"https://[^\s\"<]+", read)]
