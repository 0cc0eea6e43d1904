"""Words that strangers choose bring no link, no hidden character and no foreign address into a mail."""

import re
import unicodedata
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.effects.mails.chosen_words import LONGEST, chosen, link, name
from functions.effects.mails.render import render
from shared.effects.email import Email
from shared.values.frozen import Scalar
from tests.support.mails import BUSINESS, FULL, URL, shown

LINKS = [
    "evil.com",
    "EVIL.COM",
    "evil。com",
    "evil\uff0ecom",
    "evil｡com",
    "\uff45\uff56\uff49\uff4c\uff0e\uff43\uff4f\uff4d",
    "e\u200bvil.com",
    "evil\u2060.\u200dcom",
    "evil\u00ad.com",
    "evil\u0338.c\u0338om",
    "evil.\u034fcom",
    "\u202emoc.live",
    "пример.рф",
    "例え。テスト",
    "कंपनी.भारत",
    "evil\u06d4com",
    "💩.la",
    "xn--e1afmkfd",
    "hxxp:evil",
    "hxxps[:]//evil",
    "\uff48\uff54\uff54\uff50\uff1a\uff0f\uff0fevil",
    "h\u2060ttps:\u2215\u2215evil",
    "mailto:evil",
    "javascript:evil()",
    "tel:+18005550100",
    "ann@evil",
    "ann@",
    "1.2.3.4",
    "\uff11\uff0e\uff12\uff0e\uff13\uff0e\uff14",
    "[2001:db8::1]",
    "evil[.]com",
    "evil(dot)com",
    "evil.c/pay",
    "\u00b8@evil",
    "\u00b8.\u00c0a",
]
PIECES = [
    *LINKS,
    URL,
    "https://evil.example/",
    "\r\n",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\U000e0041",
    "<a href=",
    '"',
    "'",
]
# An independent and simpler reading of "looks like a link", of words that are already in NFKC.
SUSPECT = re.compile(r"(?i)https?:|hxxps?:|www\.|xn--|://|\S@\S|[^\s.。][.。][^\W\d_]{2}|\d+\.\d+\.\d+\.\d+")
ALLOWED = re.compile(r"https://(?:invoice|pay|dashboard)\.stripe\.com[/!-~]*")

hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=6).map("".join)


def changed(template: str, words: str) -> dict[str, Scalar]:
    """A full mail's data with `words` in each field that holds text, and as the business's name."""
    texts = {field: words for field, value in FULL[template].items() if isinstance(value, str)}
    return {**FULL[template], **texts, "business": words}


def suspects(*parts: str) -> set[str]:
    """The words that look like a link, beside links to Stripe."""
    return {word for part in parts for word in ALLOWED.sub(" ", part).split() if SUSPECT.search(word)}


OURS = {template: suspects(*(unescape(part) for part in shown(template))) for template in FULL}
"""What looks like a link in the templates' own words, such as `plans.toml`."""


@pytest.mark.parametrize("template", sorted(FULL))
@settings(max_examples=15, deadline=None)
@given(words=hostile)
def test_no_mail_shows_a_link_or_a_hidden_character_that_it_was_given(template: str, words: str) -> None:
    subject, text, html = render(
        Email(template=template, to=None, partition="p", key="k", expires=0, data=changed(template, words)), BUSINESS
    )
    body = unescape(re.sub(r"<[^>]*>", " ", html[html.index("<body") :]))
    assert suspects(subject, text, body) <= OURS[template]
    assert {unescape(href).split("/")[2] for href in re.findall(r'(?:href|src)="([^"]*)"', html)} <= {
        "invoice.stripe.com",
        "pay.stripe.com",
        "dashboard.stripe.com",
    }
    for part in (subject, text, html):
        assert not {unicodedata.category(one) for one in part.replace("\n", "")} & {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
    assert "\n" not in subject
    assert len(subject) < LONGEST + 40


@pytest.mark.parametrize("given_link", LINKS)
def test_a_link_in_any_script_is_left_out(given_link: str) -> None:
    assert chosen(f"Fernhill {given_link} Studio") == "Fernhill Studio"


@settings(deadline=None)
@given(words=hostile)
def test_chosen_words_are_short_and_stay_as_they_are(words: str) -> None:
    once = chosen(words)
    assert len(once) <= LONGEST
    assert chosen(once) == once


def test_a_name_brings_no_telephone_number() -> None:
    assert name("Refund: call +1 (800) 555-0100 now") == "Refund: call now"
    assert name("Studio 2026") == "Studio 2026"


def test_a_connected_account_signs_without_its_link_or_the_platform_signs() -> None:
    subject, text, _ = shown("welcome", business="Acme\u202e evil。com Ltd")
    assert subject == "Welcome to Acme Ltd"
    assert text.endswith("\n\nAcme Ltd\n")
    assert shown("welcome", business="https://evil.example")[0] == f"Welcome to {BUSINESS}"


def test_the_business_itself_may_be_called_like_a_host() -> None:
    mail = Email(template="welcome", to=None, partition="p", key="k", expires=0, data=FULL["welcome"])
    assert render(mail, "Fernhill.com")[0] == "Welcome to Fernhill.com"


@pytest.mark.parametrize(
    "foreign",
    [
        "http://pay.stripe.com/receipts",
        "https://pay.stripe.com.evil.example/",
        "https://pay.stripe.com@evil.example/",
        "https://pay.stripe.com:8443/",
        "https://pay.stripe.com\\@evil.example/",
        "https://pay.stripe.com\u2215evil/",
        "https://evil.example/?https://pay.stripe.com/",
        'https://pay.stripe.com/"><script>',
        "https://pay.stripe.com/\nhttps://evil.example",
        "javascript:alert(1)",
        "https://pay.stripe.com/" + "x" * 2000,
    ],
)
def test_a_mail_links_to_no_other_host(foreign: str) -> None:
    assert link(foreign, {"https://billing.example.com"}) is None
    _, text, html = shown("receipt", url=foreign)
    assert "evil" not in text + html
    assert "href" not in html


def test_a_mail_links_to_stripe_and_to_the_business() -> None:
    own = {"https://billing.example.com"}
    for url in (
        URL,
        "https://pay.stripe.com/receipts/a?s=ap",
        "https://billing.example.com",
        "https://Billing.example.com/x",
    ):
        assert link(url, own) == url
    assert link("https://billing.example.com", set()) is None
