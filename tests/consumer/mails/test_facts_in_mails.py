"""The facts in a mail: money, dates, the way to pay, and a name that a stranger may have chosen."""

import time
from collections.abc import Iterator

import pytest

from tests.support.mails import FULL, OWED, shown, words


def both(template: str, **changes: str | int | None) -> tuple[str, str]:
    """What is read in the text and in the HTML."""
    _, text, html = shown(template, **changes)
    return text, words(html)


@pytest.mark.parametrize(("amount", "currency", "seen"), [(1200, "jpy", "1,200 JPY"), (12345, "kwd", "12.345 KWD")])
@pytest.mark.parametrize("template", ["payment_failed", "payment_still_due", "order_confirmed"])
def test_an_amount_has_the_places_of_its_currency(template: str, amount: int, currency: str, seen: str) -> None:
    for read in both(template, amount=amount, currency=currency):
        assert f" {seen}" in read


def test_what_cost_nothing_is_not_called_a_payment() -> None:
    for read in both("order_confirmed", amount=0):
        assert "payment" not in read


@pytest.fixture
def far_from_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


# In Auckland it is early afternoon of the 22nd at both.
@pytest.mark.parametrize(
    ("epoch", "date"), [(1795305599, "21 November 2026 (UTC)"), (1795305600, "22 November 2026 (UTC)")]
)
@pytest.mark.usefixtures("far_from_greenwich")
def test_a_date_is_in_utc_and_says_so(epoch: int, date: str) -> None:
    for read in (*both("payment_failed", next_attempt=epoch), *both("farewell", ended_at=epoch)):
        assert date in read


def test_the_next_attempt_is_announced_and_the_last_notice_says_that_there_is_none() -> None:
    for read in both("payment_failed"):
        assert "We will try again on 22 November 2026 (UTC)" in read
    for read in both("payment_failed", next_attempt=None):
        assert "We will not try again automatically" in read


def test_a_reminder_that_knows_of_no_next_attempt_says_nothing_of_one() -> None:
    for read in both("payment_still_due", next_attempt=None):
        assert "again" not in read


def test_a_farewell_gives_a_failed_payment_as_its_reason_and_no_other() -> None:
    for read in both("farewell"):
        assert "because its last payment did not go through" in read
    for reason in ("cancellation_requested", "payment_disputed", None):
        for read in both("farewell", reason=reason):
            assert "because" not in read


@pytest.mark.parametrize("template", sorted(FULL))
def test_a_name_cannot_bring_markup_with_it(template: str) -> None:
    _, text, html = shown(template, name='<script>alert(1)</script> & "Sons" {{ 7 * 7 }}')
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "&amp;amp;" not in html
    assert "<script>alert(1)</script>" in text, "plain text has no markup to escape"
    assert "{{ 7 * 7 }}" in text


@pytest.mark.parametrize("template", ["payment_failed", "payment_still_due"])
def test_an_address_to_pay_at_cannot_leave_its_attribute(template: str) -> None:
    _, _, html = shown(template, url='https://example.com/"><script>')
    assert "<script>" not in html


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/pay",
        "HTTP://EVIL.EXAMPLE",
        "www.evil.example",
        "evil.example",
        "evil.example/pay",
        "10.1.2.3/pay",
        "ann@evil.example",
        "(https://evil.example)",
    ],
)
@pytest.mark.parametrize("template", sorted(FULL))
def test_a_name_cannot_bring_a_link_with_it(template: str, link: str) -> None:
    _, text, html = shown(template, name=f"Refund: {link} Fernhill")
    assert "Hello Refund: Fernhill,\n" in text
    assert "evil" not in (text + html).lower()
    assert "10.1.2.3" not in text + html


@pytest.mark.parametrize("name", ["https://evil.example", "", "  \n "])
def test_a_name_of_which_nothing_is_left_is_left_out(name: str) -> None:
    for read in both("farewell", name=name):
        assert "Hello," in read


def test_a_name_stays_on_its_line_and_ends_after_80_characters() -> None:
    _, text, _ = shown("farewell", name="Fern\r\nhill\u2028Bcc: x " + "y" * 200)
    greeting = text.splitlines()[0]
    assert greeting.startswith("Hello Fern hill Bcc: x yyy")
    assert len(greeting) == len("Hello ,") + 80
    _, text, _ = shown("farewell", name="x" * 79 + " yyy")
    assert text.startswith(f"Hello {'x' * 79},\n")


@pytest.mark.parametrize("name", ["St. Brigid & Co.", "O'Hara", "海老原 工房", "Zoë Åström", "No. 7"])
def test_an_ordinary_name_is_left_as_it_is(name: str) -> None:
    for read in both("order_confirmed", name=name):
        assert f"Hello {name}," in read


def test_the_subject_says_what_it_is_about() -> None:
    assert shown("payment_failed")[0] == "Your payment of 29.00 USD did not go through"
    assert shown("payment_still_due")[0] == "Your payment of 29.00 USD is still due"
    assert shown("order_confirmed")[0] == "Thank you for your order"
    assert shown("farewell")[0] == "Your subscription has ended"
    assert str(OWED["number"]) in shown("payment_failed")[1]
