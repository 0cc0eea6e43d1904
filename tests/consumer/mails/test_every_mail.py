"""Every mail reads well, whatever is missing."""

import inspect
import re
from pathlib import Path

import pytest

from functions.consumer.mails.render import render
from shared.effects import Scalar
from tests.support.mails import BUSINESS, FULL, OPTIONAL, URL, VARIANTS, shown, words
from tests.support.stories import ROUTED, mails_once_due, told

TEMPLATES = Path(inspect.getfile(render)).parent / "templates"

each_variant = pytest.mark.parametrize(
    ("template", "data"), VARIANTS, ids=[f"{name}-{sum(v is None for v in data.values())}" for name, data in VARIANTS]
)


def test_every_template_is_looked_at_here() -> None:
    files = sorted(path.name for path in TEMPLATES.iterdir() if not path.name.startswith("_"))
    assert files == sorted(f"{name}.{kind}" for name in FULL for kind in ("html", "txt"))


@each_variant
def test_the_subject_is_one_line(template: str, data: dict[str, Scalar]) -> None:
    subject, _, _ = shown(template, **data)
    assert subject == subject.strip()
    assert 0 < len(subject) < 80
    assert subject.isprintable()


@each_variant
def test_no_sentence_breaks_where_something_is_missing(template: str, data: dict[str, Scalar]) -> None:
    _, text, html = shown(template, **data)
    for read in (text, words(html)):
        assert not re.search(r"None|[{}%]|  | [,.:]|for invoice ?[.,]|\b(of|on|for|before) ?[.,:]|[,.:]{2}", read)


@each_variant
def test_the_text_has_whole_lines_and_single_blank_ones(template: str, data: dict[str, Scalar]) -> None:
    _, text, _ = shown(template, **data)
    assert "\n\n\n" not in text
    assert text.endswith(f"\n\n{BUSINESS}\n")
    for line in text.splitlines():
        assert line == line.strip()
        assert not line or line[0].isupper() or line.startswith("https://")


@each_variant
def test_a_colon_is_followed_by_the_address_it_promises(template: str, data: dict[str, Scalar]) -> None:
    _, text, _ = shown(template, **data)
    for line, following in zip(text.splitlines(), [*text.splitlines()[2:], "", ""], strict=True):
        assert not line.endswith(":") or following == URL


@each_variant
def test_the_text_and_the_html_say_the_same(template: str, data: dict[str, Scalar]) -> None:
    subject, text, html = shown(template, **data)
    seen = words(html).removeprefix(f"{BUSINESS} {subject} ").replace(" Pay now If", " If").removesuffix(" Pay now")
    plain = " ".join(text.removesuffix(f"\n\n{BUSINESS}\n").replace(URL, "").split())
    assert seen == plain.replace("now: If", "now. If").removesuffix(":").removesuffix(".") + "."
    assert (URL in html) == (URL in text)


@pytest.mark.parametrize("template", sorted(FULL))
def test_a_mail_that_lacks_what_it_must_have_is_never_sent_half_empty(template: str) -> None:
    required = [field for field in FULL[template] if field not in OPTIONAL[template]]
    for field in required:
        with pytest.raises((TypeError, AttributeError)):
            shown(template, **{field: None})


def test_every_mail_that_a_handler_asks_for_can_be_rendered() -> None:
    alone = [told(event) for event in ROUTED]
    mails = [mail for books in alone for mail in (*books.mails.values(), *mails_once_due(books))]
    for mail in mails:
        assert render(mail, BUSINESS)[0]
    assert {mail.template for mail in mails} == set(FULL)
