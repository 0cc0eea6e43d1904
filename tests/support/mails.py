"""Every mail that Billhook sends, as full as it can be, and the parts of it that may be missing."""

import re
from html import unescape
from itertools import combinations

from functions.consumer.mails.render import render
from shared.effects import Email, Scalar

BUSINESS = "Saltmarsh Software"
URL = "https://invoice.stripe.com/i/acct_1/live_abc?s=ap"
OWED: dict[str, Scalar] = {
    "name": "Fernhill Studio",
    "amount": 2900,
    "currency": "usd",
    "number": "E9XZ58UK-0006",
    "next_attempt": 1795342394,
    "url": URL,
}
FULL: dict[str, dict[str, Scalar]] = {
    "payment_failed": OWED,
    "payment_still_due": OWED,
    "order_confirmed": {"name": "Fernhill Studio", "amount": 9300, "currency": "usd"},
    "farewell": {"name": "Fernhill Studio", "ended_at": 1796033603, "reason": "payment_failed"},
}
OPTIONAL = {
    "payment_failed": ("name", "number", "next_attempt", "url"),
    "payment_still_due": ("name", "number", "next_attempt", "url"),
    "order_confirmed": ("name", "amount", "currency"),
    "farewell": ("name", "ended_at", "reason"),
}
VARIANTS = [
    (template, dict(full) | dict.fromkeys(missing))
    for template, full in FULL.items()
    for how_many in range(len(OPTIONAL[template]) + 1)
    for missing in combinations(OPTIONAL[template], how_many)
]
"""Each template with each choice of its optional parts missing."""


def shown(template: str, **changes: Scalar) -> tuple[str, str, str]:
    """The subject, the text and the HTML of a full mail with `changes`."""
    data = FULL[template] | changes
    mail = Email(template=template, to="a@example.com", partition="platform#cus_1", key="k", expires=0, data=data)
    return render(mail, BUSINESS)


def words(html: str) -> str:
    """What a reader sees of the HTML: the words of its body on one line."""
    body = html[html.index("<body") :]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split()).replace(" ,", ",").replace(" .", ".")
