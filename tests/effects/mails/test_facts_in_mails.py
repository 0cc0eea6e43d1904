"""The facts in a mail: money, dates, the way to pay, and a name that a stranger may have chosen."""

import re
import time
from collections.abc import Iterator

import pytest

from functions.effects.mails.reasons import DECLINED, PAYOUT_FAILED
from tests.support.mails import FULL, GREETED, URL, links, shown, words


def both(template: str, **changes: str | int | None) -> tuple[str, str]:
    """What is read in the text and in the HTML."""
    _, text, html = shown(template, **changes)
    return text, words(html)


@pytest.mark.parametrize(("amount", "currency", "seen"), [(1200, "jpy", "1,200 JPY"), (12345, "kwd", "12.345 KWD")])
@pytest.mark.parametrize("template", sorted(name for name, full in FULL.items() if "amount" in full))
def test_an_amount_has_the_places_of_its_currency(template: str, amount: int, currency: str, seen: str) -> None:
    for read in both(template, amount=amount, currency=currency):
        assert f" {seen}" in read


def test_what_cost_nothing_is_not_called_a_payment() -> None:
    for read in both("order_confirmed", amount=0):
        assert "payment" not in read
    for read in both("order_failed", amount=0):
        assert "0.00" not in read


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


@pytest.mark.parametrize("code", sorted(DECLINED))
def test_what_is_known_of_a_decline_helps(code: str) -> None:
    for read in both("payment_failed", decline_code=code, method="sepa_debit"):
        assert f"E9XZ58UK-0006. {DECLINED[code]}" in read
        assert "You can also pay before then" in read


@pytest.mark.parametrize(
    "code", ["fraudulent", "lost_card", "merchant_blacklist", "pickup_card", "security_violation", "stolen_card"]
)
def test_that_a_card_was_reported_is_told_nobody(code: str) -> None:
    assert shown("payment_failed", decline_code=code) == shown("payment_failed", decline_code="generic_decline")
    assert not re.search("lost|stolen|fraud|report", " ".join(DECLINED.values()))


@pytest.mark.parametrize("code", ["a_code_of_tomorrow", "", None])
def test_of_a_decline_that_is_not_known_nothing_is_said(code: str | None) -> None:
    for read in both("payment_failed", decline_code=code):
        assert "E9XZ58UK-0006. We will" in read or "E9XZ58UK-0006.\n\nWe will" in read
        assert "If your card has changed" in read


def test_whoever_is_to_confirm_is_not_told_of_an_earlier_decline() -> None:
    assert shown("payment_confirm", decline_code="insufficient_funds") == shown("payment_confirm", decline_code=None)


@pytest.mark.parametrize(
    ("code", "said"), [*PAYOUT_FAILED.items(), ("a_code_of_tomorrow", "The bank did not accept it.")]
)
def test_a_payout_that_failed_says_why_in_plain_words(code: str, said: str) -> None:
    for read in both("payout_failed", reason=code):
        assert f"has failed. {said} The money is back in your balance." in read
        assert "_" not in read


@pytest.mark.parametrize("template", ["payout_coming", "payout_failed"])
def test_a_payout_of_less_than_nothing_is_a_withdrawal(template: str) -> None:
    subject, _, _ = shown(template, amount=-2900)
    assert subject.startswith("A withdrawal of 29.00 USD")
    for read in both(template, amount=-2900):
        assert "-29" not in read
        assert "payout" not in read


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Together with earlier refunds, that is all of your payment of 93.00 USD."),
        ({"whole": False}, "Together with earlier refunds, that makes 93.00 USD."),
        ({"total": 2900}, "That is all of your payment."),
        ({"total": 2900, "whole": False}, ""),
    ],
)
def test_a_refund_says_what_it_adds_up_to(changes: dict[str, int], said: str) -> None:
    for read in both("refund", **changes):
        assert f"We have refunded 29.00 USD to you. {said}".strip() in " ".join(read.split())
        assert ("Together" in read, "all of your payment" in read) == ("Together" in said, "all of" in said)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("won", "29.00 USD goes back to the account's Stripe balance"),
        ("lost", "cancel the subscription if you want to end it"),
        ("warning_closed", "has not become a dispute"),
        ("prevented", "settled before it could become a dispute"),
    ],
)
def test_the_operator_reads_what_a_dispute_has_come_to(status: str, said: str) -> None:
    for read in both("dispute_closed", status=status):
        assert said in read
        assert ("There is nothing to do" in read) == (status != "lost")


def test_an_inquiry_is_not_called_a_dispute_and_holds_no_money() -> None:
    assert shown("dispute_opened", status="warning_needs_response")[0].startswith("Inquiry about 29.00 USD")
    for read in both("dispute_opened", status="warning_needs_response"):
        assert "No money is held back" in read


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("dispute_opened", "disputes/du_1Ua9GBHv8KpR2wXndJLKncXR"),
        ("dispute_closed", "disputes/du_1Ua9GBHv8KpR2wXndJLKncXR"),
        ("finalization_failed", "invoices/in_1UYR6ZHv8KpR2wXnAZVMRxgw"),
        ("refund_failed", "refunds/re_3USCcRHv8KpR2wXn14JFQmW7"),
        ("unknown_price", "prices/price_1USCcRHv8KpR2wXnoLFn2g4i"),
    ],
)
def test_the_operators_link_leads_to_the_object_or_to_its_connected_account(template: str, place: str) -> None:
    _, text, html = shown(template)
    assert links(text) == links(html) == [f"https://dashboard.stripe.com/{place}"]
    assert "Account: your own" in text
    _, text, html = shown(template, account="acct_1T8bWcLs5NqE9zGd")
    assert links(text) == links(html) == ["https://dashboard.stripe.com/connect/accounts/acct_1T8bWcLs5NqE9zGd"]
    for read in (text, words(html)):
        assert "Account: acct_1T8bWcLs5NqE9zGd" in read
        assert f"look for {place.partition('/')[2]} there" in read


def test_a_farewell_gives_a_failed_payment_as_its_reason_and_no_other() -> None:
    for read in both("farewell"):
        assert "because its last payment did not go through" in read
    for reason in ("cancellation_requested", "payment_disputed", None):
        for read in both("farewell", reason=reason):
            assert "because" not in read


@pytest.mark.parametrize("template", GREETED)
def test_a_name_cannot_bring_markup_with_it(template: str) -> None:
    _, text, html = shown(template, name='<script>alert(1)</script> & "Sons" {{ 7 * 7 }}')
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "&amp;amp;" not in html
    assert "<script>alert(1)</script>" in text, "plain text has no markup to escape"
    assert "{{ 7 * 7 }}" in text


@pytest.mark.parametrize("template", sorted(name for name, full in FULL.items() if URL in full.values()))
def test_an_address_cannot_leave_its_attribute(template: str) -> None:
    field = next(field for field, value in FULL[template].items() if value == URL)
    _, _, html = shown(template, **{field: 'https://example.com/"><script>'})
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
@pytest.mark.parametrize("template", GREETED)
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
    assert shown("dispute_opened")[0] == "Dispute of 29.00 USD, to be answered by 22 November 2026 (UTC)"
    assert shown("dispute_closed", status="won")[0] == "Dispute of 29.00 USD: won"
    assert str(FULL["payment_failed"]["number"]) in shown("payment_failed")[1]
