"""A late webhook is last_refresh for at Stripe once a minute, and the app is told if Billhook cannot refresh."""

import pytest

from functions.access.checkout import REFUSALS
from shared.messages.session_refresh import SessionRefresh, refresh_body, refresh_in
from tests.access.support import NOW, SESSION, Access


def test_a_refresh_is_asked_for_and_the_app_asks_again() -> None:
    access = Access()
    answer = access.refresh()
    assert (answer.status, answer.body["refresh"], answer.headers["retry-after"]) == (202, "asked", "1")
    assert access.asked == [SessionRefresh("platform", SESSION)]
    assert round(sum(access.slept), 6) == 3


def test_a_refresh_that_brought_the_session_is_told_at_once() -> None:
    access = Access()
    access.meanwhile = lambda: access.__setattr__("last_refresh", {"asked_at": access.now, "outcome": "observed"})
    assert access.refresh(account="acct_1").body == {"account": "acct_1", "session": SESSION, "refresh": "observed"}
    assert access.asked == [SessionRefresh("acct_1", SESSION)]
    assert access.slept == [0.1]


@pytest.mark.parametrize(("outcome", "status"), [(outcome, told[0]) for outcome, told in REFUSALS.items()])
def test_a_refresh_that_brought_nothing_says_what_to_do(outcome: str, status: int) -> None:
    access = Access()
    access.meanwhile = lambda: access.__setattr__("last_refresh", {"asked_at": access.now, "outcome": outcome})
    answer = access.refresh()
    assert answer.status == status
    assert "store" in answer.body["detail"] or status in {404, 503} or "key" in answer.body["detail"]


def test_without_a_key_the_app_is_told_which_secret_to_store() -> None:
    access = Access(last_refresh={"asked_at": NOW, "outcome": "no key"})
    answer = access.refresh()
    assert (answer.status, answer.body["type"]) == (409, "urn:billhook:problem:no_stripe_key")
    assert "aws secretsmanager put-secret-value --secret-id STACK/stripe-api-key" in answer.body["detail"]
    assert "<" not in answer.body["detail"]


@pytest.mark.parametrize("outcome", [None, "observed"])
def test_within_a_minute_nobody_looks_again(outcome: str | None) -> None:
    refresh = {"asked_at": NOW - 59} | ({"outcome": outcome} if outcome else {})
    access = Access(last_refresh=refresh)
    for _ in range(3):
        assert access.refresh().body["refresh"] == (outcome or "asked")
    assert (access.asked, access.slept) == ([], [])
    access.now += 1
    access.refresh()
    assert len(access.asked) == 1


@pytest.mark.parametrize(
    ("session", "query"), [("cs_", {}), ("cus_1", {}), (SESSION, {"account": "1"}), (SESSION, {"wait": "5"})]
)
def test_a_wrong_refresh_is_told_so_and_asks_for_nothing(session: str, query: dict[str, str]) -> None:
    access = Access()
    assert access.refresh(session, **query).status == 400
    assert access.refresh(token=None).status == 401
    assert access.asked == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        '{"refresh": null}',
        '{"refresh": []}',
        '{"refresh": {"account": "platform"}}',
        '{"refresh": {"account": "platform", "session": 1}}',
        '{"refresh": {"account": "platform", "session": "cs_1/../customers"}}',
        '{"refresh": {"account": "acct_1?x", "session": "cs_1"}}',
    ],
)
def test_a_message_that_asks_for_anything_else_asks_for_no_refresh(body: str) -> None:
    assert refresh_in(body) is None
    assert refresh_in(refresh_body(SessionRefresh("acct_1", "cs_1"))) == SessionRefresh("acct_1", "cs_1")
