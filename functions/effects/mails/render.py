"""A mail's subject, text and HTML from its pair of templates; `_base.html` is the frame of every HTML part."""

import re
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from functions.effects.mails import reasons
from shared.effects.email import Email
from shared.stripe_objects.event import PLATFORM
from shared.values import money

LONGEST_NAME = 80
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
LINK = re.compile(r"://|www\.|\S\.\S+/|\w\.\w\w")
"""Also a bare `example.com`, which most mail programs turn into a link."""


def _date(epoch: int) -> str:
    """`19 November 2026 (UTC)`."""
    moment = datetime.fromtimestamp(epoch, UTC)
    return f"{moment.day} {moment:%B %Y} (UTC)"


def _given(name: str | None) -> str:
    """A name that a customer chose, on one line, without words that a mail program would turn into a link."""
    words = [word for word in (name or "").split() if not LINK.search(word)]
    return " ".join(words)[:LONGEST_NAME].rstrip()


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
    "given": _given,
    "spoken": _spoken,
    "declined": reasons.declined,
    "payout_failed": reasons.payout_failed,
}
_TEMPLATES.globals["PLATFORM"] = PLATFORM


def render(mail: Email, business: str) -> tuple[str, str, str]:
    """The subject, the text and the HTML of `mail`; the first line of the text template is the subject.

    Raises:
        jinja2.TemplateError: the template is missing, or shows a field that the mail lacks.
    """
    shown = {**ADDED, "business": business, **mail.data}
    subject, _, text = _TEMPLATES.get_template(f"{mail.template}.txt").render(shown).partition("\n")
    html = _TEMPLATES.get_template(f"{mail.template}.html").render(shown, subject=subject)
    return subject, text.strip() + "\n", html
