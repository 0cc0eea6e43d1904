"""Every mail of the catalogue with all its fields, and the parts of it that may be missing."""

import re
from html import unescape
from itertools import combinations
from typing import get_args, get_type_hints

from functions.effects.mails.render import render
from shared.effects.email import Email
from shared.mails.catalogue import MAILS
from shared.mails.mail import AnyMail
from shared.values.frozen import Scalar
from shared.values.platform import PLATFORM

BUSINESS = "Saltmarsh Software"
URL = "https://invoice.stripe.com/i/acct_1/live_abc?s=ap"
NAME = "Fernhill Studio"
RENEWAL = 1795342394
EXAMPLES: dict[str, Scalar] = {
    "account": PLATFORM,
    "adjusted": True,
    "amount": 2900,
    "arrival_date": RENEWAL,
    "canceled": False,
    "changed_at": RENEWAL,
    "charged_at": RENEWAL,
    "currency": "usd",
    "customer": "cus_s4E7P0vk4zyEAh",
    "dispute": "du_1Ua9GBHv8KpR2wXndJLKncXR",
    "due_at": RENEWAL,
    "due_by": RENEWAL,
    "due_date": RENEWAL,
    "ended_at": 1796033603,
    "ends_at": RENEWAL,
    "erased_at": 1798625603,
    "erased_by": RENEWAL,
    "export_until": RENEWAL,
    "export_url": URL,
    "hour": RENEWAL,
    "invoice": "in_1UYR6ZHv8KpR2wXnAZVMRxgw",
    "livemode": True,
    "method": "card",
    "name": NAME,
    "next_attempt": RENEWAL,
    "number": "E9XZ58UK-0006",
    "overdue": False,
    "paid": 9300,
    "payment": "pi_3UVAcqHv8KpR2wXn0xZCfQNV",
    "plan": "studio",
    "price": "price_1USCcRHv8KpR2wXnoLFn2g4i",
    "refund": "re_3USCcRHv8KpR2wXn14JFQmW7",
    "renews_at": RENEWAL,
    "reverses": False,
    "stopped": False,
    "subjects": "price_1USCcRHv8KpR2wXnoLFn2g4i, price_1USCcRHv8KpR2wXnoLFn2g4j",
    "subscription": "sub_1USCcRHv8KpR2wXnxQPUiPdq",
    "then": "charge",
    "total": 9300,
    "trial_end": RENEWAL,
    "unnamed": 39,
    "url": URL,
    "waits": False,
    "what": "unknown_price",
    "whole": True,
}
"""A value for each field that mails show."""
DISPUTE: dict[str, Scalar] = {"reason": "product_not_received", "status": "needs_response"}
ITS_OWN: dict[str, dict[str, Scalar]] = {
    "order_confirmed": {"amount": 9300},
    "order_failed": {"amount": 9300},
    "access_ended": {"plan": "Studio (5)"},
    "plan_changed": {"was": "Studio (5)", "now": "Studio (10)"},
    "subscription_on_hold": {"status": "unpaid"},
    "farewell": {"reason": "payment_failed"},
    "payment_failed": {"decline_code": "expired_card"},
    "payment_confirm": {"decline_code": "authentication_required"},
    "payout_coming": {"reason": None},
    "payout_failed": {"reason": "account_closed"},
    "payout_canceled": {"reason": None},
    "account_requirements": {"number": 2},
    "account_rejected": {"account": "acct_1T8bWcLs5NqE9zGd", "reason": "rejected.fraud"},
    "dispute_due": DISPUTE,
    "dispute_escalated": DISPUTE,
    "fraud_warning": {"reason": "made_with_stolen_card"},
    "dispute_opened": DISPUTE,
    "dispute_closed": {**DISPUTE, "status": "lost"},
    "finalization_failed": {"code": "customer_tax_location_invalid"},
    "refund_failed": {"reason": "expired_or_canceled_card"},
    "summary": {"number": 49},
}
"""The values of one mail alone, where a field's example says nothing or says it wrongly."""
GIVEN_WITH: dict[str, set[str]] = {
    "welcome": {"currency", "then"},
    "trial_ending": {"currency"},
    "account_rejected": {"reason"},
    "farewell": {"export_until"},
}
"""Fields that are None only beside another field that is None, or by their type alone."""
UNSHOWN: dict[str, set[str]] = {"payout_failed": {"arrival_date"}, "payout_canceled": {"arrival_date"}}
"""Fields that a template does not show, since its mail shares them with another."""


def types_of(mail: AnyMail) -> dict[str, object]:
    """The fields of a mail's data with their types, those that every mail of its kind has included."""
    shown: dict[str, object] = get_type_hints(mail.shows)
    if shown.pop("export", None):  # the worker adds the link
        shown |= {"export_url": str | None, "export_until": int | None}
    return {"account": str, "livemode": bool, **shown} if mail.audience == "operator" else {"name": str | None, **shown}


def may_be_missing(type_: object) -> bool:
    """Whether a field of `type_` has a value that means that there is nothing to say."""
    return type_ is bool or type(None) in get_args(type_)


FULL: dict[str, dict[str, Scalar]] = {
    name: {field: (EXAMPLES | ITS_OWN.get(name, {}))[field] for field in types_of(mail)} for name, mail in MAILS.items()
}
"""Every mail of the catalogue with all that it shows."""
GREETED = [template for template, full in FULL.items() if "name" in full]
"""The mails to people whose name somebody else has chosen."""
OPTIONAL: dict[str, tuple[str, ...]] = {
    name: tuple(
        field
        for field, type_ in types_of(mail).items()
        if (may_be_missing(type_) and field not in GIVEN_WITH.get(name, ())) or field in UNSHOWN.get(name, ())
    )
    for name, mail in MAILS.items()
}
"""The parts of each mail that may be missing, as the types in the catalogue say."""
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
    "farewell": [{"reason": "cancellation_requested"}, {"waits": True}],
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
    "summary": [
        {"account": "acct_1T8bWcLs5NqE9zGd"},
        {"number": 1, "unnamed": 0, "subjects": "price_1USCcRHv8KpR2wXnoLFn2g4i"},
        {"what": "erasure_contradicted", "subjects": "cus_s4E7P0vk4zyEAh"},
        {"what": "erasure_unconfirmed", "subjects": "cus_s4E7P0vk4zyEAh"},
        {"what": "erasure_waits", "subjects": "cus_s4E7P0vk4zyEAh"},
        {"what": "finalization_failed", "subjects": "in_1UYR6ZHv8KpR2wXnAZVMRxgw"},
        {"what": "price_key_moved"},
    ],
    **{
        name: [{"account": "acct_1T8bWcLs5NqE9zGd"}]
        for name in (
            "unknown_price",
            "invoice_overpaid",
            "price_key_moved",
            "items_incomplete",
            "erasure_contradicted",
            "erasure_unconfirmed",
            "erasure_waits",
            "export_withheld",
        )
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
