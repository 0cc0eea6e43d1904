"""The success page is answered as soon as an event has told what came of the Checkout session."""

import json
from typing import Any

import pytest

from tests.access.support import NOW, SESSION, TOKEN, Access, checkout_event, item


def told(**more: Any) -> Access:  # noqa: ANN401 - any attribute
    access = Access()
    access.told(**more)
    return access


def test_a_session_that_no_event_has_told_of_is_pending_and_says_when_to_ask_again() -> None:
    answer = Access().came_of()
    assert (answer.status, answer.headers["retry-after"]) == (202, "1")
    assert (answer.body["session"], answer.body["outcome"], answer.body["why"]) == (SESSION, "pending", "not_heard")


def test_a_subscription_that_gives_access_is_told_with_its_customer(access: Access) -> None:
    access.told()
    answer = access.came_of()
    assert (answer.status, answer.body["outcome"], answer.body["why"]) == (200, "access_given", None)
    assert (answer.body["customer"], answer.body["reference"]) == ("cus_1", "org_1")
    assert answer.headers["cache-control"] == "no-store"


def subscription(**more: object) -> dict[str, object]:
    return {"id": "sub_1", "status": "active", "access": True, **more}


@pytest.mark.parametrize(
    ("outcome", "bought", "then", "why"),
    [
        ("completed", subscription(access=False, status="none"), "pending", "incomplete"),
        ("payment_pending", subscription(access=False, status="none"), "payment_pending", "incomplete"),
        ("completed", subscription(id="sub_other"), "pending", "subscription_not_heard"),
        ("completed", subscription(access=False, status="paused"), "completed", "no_access"),
        ("completed", subscription(access_until=NOW), "completed", "no_access"),
        ("completed", subscription(access_until=NOW + 1), "access_given", None),
        ("payment_pending", subscription(), "access_given", None),
        ("payment_pending", subscription(access=False, status="past_due"), "payment_pending", "no_access"),
        ("failed", subscription(), "failed", None),
        ("expired", subscription(), "expired", None),
    ],
)
def test_what_a_subscription_gives_is_what_the_access_item_says(
    outcome: str, bought: dict[str, object], then: str, why: str | None
) -> None:
    access = told(outcome=outcome)
    access.holds(item(subscriptions=[bought]))
    assert (access.came_of().body["outcome"], access.came_of().body["why"]) == (then, why)


@pytest.mark.parametrize("outcome", ["completed", "payment_pending"])
def test_the_page_of_a_subscription_that_has_ended_is_answered_at_once(outcome: str) -> None:
    access = told(outcome=outcome)
    access.holds(item(subscriptions=[], access=False, status="ended", ended_subscriptions=["sub_0", "sub_1"]))
    answer = access.came_of(wait="5")
    assert (answer.status, answer.body["outcome"], answer.body["why"]) == (200, "completed", "ended")
    assert access.slept == []


def test_a_session_counts_for_seven_days_although_its_item_may_stay_longer() -> None:
    assert told(mode="payment", outcome="fulfilled", expires_at=NOW + 1).came_of().status == 200
    assert told(mode="payment", outcome="fulfilled", expires_at=NOW).came_of().body["why"] == "not_heard"


def test_a_customer_without_an_item_has_not_been_given_access_yet() -> None:
    assert told().came_of().body["why"] == "subscription_not_heard"


@pytest.mark.parametrize(
    ("outcome", "why"),
    [("fulfilled", None), ("payment_pending", None), ("failed", "payment_canceled"), ("expired", None)],
)
def test_the_outcome_of_an_order_is_told_as_it_stands(outcome: str, why: str | None) -> None:
    answer = told(mode="payment", outcome=outcome, why=why, customer=None, subscription=None).came_of()
    assert (answer.status, answer.body["outcome"], answer.body["why"]) == (200, outcome, why)


def test_a_waiting_question_is_answered_when_the_event_has_told() -> None:
    access = Access()
    access.meanwhile = lambda: access.told(mode="payment", outcome="fulfilled") if len(access.slept) == 3 else None
    answer = access.came_of(wait="5")
    assert (answer.status, answer.body["outcome"]) == (200, "fulfilled")
    assert access.slept == pytest.approx([0.1, 0.15, 0.225])


def test_a_wait_takes_few_reads_and_ends_in_time() -> None:
    access = Access()
    assert access.came_of(wait="5").status == 202
    assert (round(sum(access.slept), 6), access.reads) == (5, 10)
    assert access.slept == sorted(access.slept[:-1]) + access.slept[-1:]
    assert max(access.slept) == 1


def test_a_longer_wait_is_cut_and_without_one_nobody_waits() -> None:
    access = Access()
    access.came_of(wait="9999")
    assert round(sum(access.slept), 6) == 10
    access.slept.clear()
    access.came_of()
    access.came_of(wait="0")
    assert access.slept == []


def test_a_session_of_a_connected_account_is_another_one() -> None:
    access = told(account="acct_1", mode="payment", outcome="fulfilled")
    assert access.came_of(account="acct_1").body["outcome"] == "fulfilled"
    assert access.came_of().body["outcome"] == "pending"


@pytest.mark.parametrize(
    ("session", "query", "says"),
    [
        ("", {}, "such as /checkout/cs_"),
        ("pi_1", {}, "such as /checkout/cs_"),
        ("cs_", {}, "such as /checkout/cs_"),
        ("cs_test\n", {}, "such as /checkout/cs_"),
        ("cs_" + "x" * 253, {}, "such as /checkout/cs_"),
        (SESSION, {"wait": "-1"}, "whole number"),
        (SESSION, {"wait": "1.5"}, "whole number"),
        (SESSION, {"wait": "\u0665"}, "whole number"),
        (SESSION, {"wait": "10000"}, "whole number"),
        (SESSION, {"account": "1"}, "acct_"),
        (SESSION, {"feature": "sso"}, "1 parameter is unknown; the known ones are account, wait"),
    ],
)
def test_a_wrong_question_about_a_session_is_told_what_is_wrong(
    access: Access, session: str, query: dict[str, str], says: str
) -> None:
    answer = access.came_of(session, **query)
    assert (answer.status, access.reads) == (400, 0)
    assert says in answer.body["detail"]


def test_without_a_token_nobody_waits_and_nothing_is_told() -> None:
    access = told()
    assert access.came_of(token=None, wait="5").status == 401
    assert (access.reads, access.slept) == (0, [])


def test_an_answer_that_is_still_pending_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    Access().came_of(wait="1")
    line = json.loads(capsys.readouterr().out)
    assert (line["Asked"], line["Pending"], line["ms"]) == (1, 1, 1000)
    assert SESSION not in str(line)


def test_the_route_and_not_the_parameters_decides_what_is_asked(access: Access) -> None:
    event = checkout_event(SESSION, TOKEN) | {"routeKey": "GET /access"}
    assert access.ask_raw(event).status == 400
