"""A mail's subject, text and HTML from its pair of templates; `_base.html` is the frame of every HTML part."""

from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from functions.effects.mails import reasons
from functions.effects.mails.chosen_words import safe
from shared.effects.email import Email
from shared.values import money
from shared.values.platform import PLATFORM

ADDED = {
    "canceled": False,
    "livemode": True,
    "method": None,
    "overdue": False,
    "paid": None,
    "reverses": False,
    "stopped": False,
}
"""Fields that mails of older versions lack, and the values that the lack of them means."""


def _date(epoch: int) -> str:
    """`19 November 2026 (UTC)`."""
    moment = datetime.fromtimestamp(epoch, UTC)
    return f"{moment.day} {moment:%B %Y} (UTC)"


def _moment(epoch: int) -> str:
    """`19 November 2026, 16:05 (UTC)`."""
    moment = datetime.fromtimestamp(epoch, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} (UTC)"


def _hour(epoch: int) -> str:
    """`19 November 2026, 14:00 to 15:00 (UTC)`."""
    moment = datetime.fromtimestamp(epoch, UTC)
    return f"{moment.day} {moment:%B %Y}, {moment:%H}:00 to {moment + timedelta(hours=1):%H}:00 (UTC)"


def _spoken(code: str) -> str:
    """A code of Stripe's as words, for the operator: `product_not_received` is `product not received`."""
    return code.replace("_", " ")


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,  # Lambda's disk is read-only: templates do not change
)
_TEMPLATES.filters |= {
    "money": money.show,
    "date": _date,
    "moment": _moment,
    "hour": _hour,
    "spoken": _spoken,
    "quoted": quote,
    "declined": reasons.declined,
    "payout_failed": reasons.payout_failed,
}
_TEMPLATES.globals["PLATFORM"] = PLATFORM


def render(mail: Email, business: str, own: AbstractSet[str] = frozenset()) -> tuple[str, str, str]:
    """The subject, the text and the HTML of `mail`; the first line of the text template is the subject.

    `own` are the origins that mails may link to, beside Stripe's. `business` signs a mail whose account has no name.

    Raises:
        jinja2.TemplateError: the template is missing, or shows a field that the mail lacks.
    """
    data = safe(mail.data, own)
    shown = {**ADDED, **data, "business": data.get("business") or business}
    subject, _, text = _TEMPLATES.get_template(f"{mail.template}.txt").render(shown).partition("\n")
    html = _TEMPLATES.get_template(f"{mail.template}.html").render(shown, subject=subject)
    return subject, text.strip() + "\n", html
