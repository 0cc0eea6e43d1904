"""The Python client asks the function, keeps answers, and goes on while Billhook cannot be reached."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import IncompleteRead
from typing import Any

import pytest

import billhook_access
from billhook_access import Access, Check, Query, RefusedError, fake_access
from tests.access.support import NOW, TOKEN, item
from tests.access.support import Access as Function
from tests.access.test_document import serving

GRANTED = {"allowed": True, "why": "granted", "plan": "studio"}


@dataclass
class Billhook:
    """What answers the client in these tests, and a clock."""

    body: Mapping[str, Any] = field(default_factory=lambda: GRANTED)
    trouble: Exception | None = None
    now: float = NOW
    asked: list[Query] = field(default_factory=list)

    def fetch(self, query: Query) -> Mapping[str, Any]:
        self.asked.append(query)
        if self.trouble:
            raise self.trouble
        return self.body

    def client(self) -> Access:
        return Access("https://billhook.example/access", TOKEN, fetch=self.fetch, clock=lambda: self.now)


def until(true: Callable[[], bool]) -> None:
    """Wait for the thread that asks again."""
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_function_itself_answers_over_http() -> None:
    function = Function()
    function.holds(item())
    with serving(function) as url:
        access = Access(url, TOKEN)
        assert access.check("org_1", "sso") == Check(allowed=True, reason="granted", plan="studio")
        assert access.check("org_1", limit="seats").limit == 5
        assert access.check("org_new", "sso") == Check(allowed=False, reason="no_subscription", plan="free")
        assert access.check("org_1").allowed


def test_the_function_answers_by_stripes_id_of_the_customer() -> None:
    function = Function()
    function.holds(item("cus_9", account="acct_1"))
    with serving(function) as url:
        access = Access(url, TOKEN)
        asked = [access.check(customer="cus_9", feature="sso", account=account) for account in ("acct_1", None)]
        assert asked == [
            Check(allowed=True, reason="granted", plan="studio"),
            Check(allowed=False, reason="no_subscription", plan="free"),
        ]
        assert access.check(customer="cus_9", limit="seats", account="acct_1").limit == 5


@pytest.mark.parametrize(("reference", "customer"), [(None, None), (None, ""), (None, "org_1"), ("org_1", "cus_1")])
def test_a_question_that_names_no_customer_or_two_is_an_error(reference: str | None, customer: str | None) -> None:
    with serving(Function()) as url, pytest.raises(RefusedError, match=r"Name a customer|Name the customer|must name"):
        Access(url, TOKEN).check(reference, "sso", customer=customer)


def test_an_answer_by_stripes_id_is_kept_as_any_other() -> None:
    billhook = Billhook()
    access = billhook.client()
    for reference, customer in ((None, "cus_1"), ("cus_1", None), (None, "cus_1"), (None, "cus_2")):
        access.check(reference, "sso", customer=customer)
    assert [dict(asked).get("customer") for asked in billhook.asked] == ["cus_1", None, "cus_2"]
    billhook.now += 10
    assert access.check(customer="cus_1", feature="sso").stale


@pytest.mark.parametrize(("token", "reference"), [("wrong" * 10, "org_1"), (TOKEN, "")])
def test_a_wrong_token_or_question_is_an_error_that_says_so(token: str, reference: str) -> None:
    with serving(Function()) as url, pytest.raises(RefusedError, match=r"Authorization|reference must"):
        Access(url, token).check(reference, "sso")


def test_a_new_answer_is_not_asked_for_again() -> None:
    billhook = Billhook()
    access = billhook.client()
    assert [access.check("org_1", "sso").stale for _ in range(5)] == [False] * 5
    assert len(billhook.asked) == 1
    access.check("org_1", "exports")
    access.check("org_2", "sso")
    assert len(billhook.asked) == 3


def test_an_older_answer_is_given_at_once_and_asked_for_again_beside_it() -> None:
    billhook = Billhook()
    access = billhook.client()
    access.check("org_1", "sso")
    billhook.now += 10
    billhook.body = {"allowed": False, "why": "ended"}
    assert access.check("org_1", "sso") == Check(allowed=True, reason="granted", plan="studio", stale=True)
    until(lambda: not access.check("org_1", "sso").allowed)
    assert len(billhook.asked) == 2


@pytest.mark.parametrize("trouble", [OSError("no route"), TimeoutError(), ValueError("no JSON"), IncompleteRead(b"")])
def test_while_billhook_cannot_be_reached_the_last_answer_stays_for_an_hour(trouble: Exception) -> None:
    billhook = Billhook()
    access = billhook.client()
    access.check("org_1", "sso")
    billhook.trouble = trouble
    billhook.now += 3599
    assert access.check("org_1", "sso") == Check(allowed=True, reason="granted", plan="studio", stale=True)
    until(lambda: len(billhook.asked) == 2)
    billhook.now += 1
    assert access.check("org_1", "sso") == Check(allowed=False, reason="unreachable", stale=True)
    assert access.check("org_1", "sso", default=True).allowed


def test_unknown_is_what_the_app_says() -> None:
    access = Billhook({"allowed": None, "why": "unknown"}).client()
    assert [access.check("org_1", default=default).allowed for default in (True, False)] == [True, False]


def test_access_that_ends_by_itself_is_not_given_from_the_cache() -> None:
    billhook = Billhook({**GRANTED, "access_until": NOW + 5})
    access = billhook.client()
    assert access.check("org_1", "sso").allowed
    billhook.now += 5
    billhook.body = {"allowed": False, "why": "ended", "access_until": NOW + 5}
    assert access.check("org_1", "sso") == Check(allowed=False, reason="ended")


def test_what_is_kept_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(billhook_access, "MOST_KEPT", 3)
    billhook = Billhook()
    access = billhook.client()
    for number in range(5):
        access.check(f"org_{number}", "sso")
    access.check("org_4", "sso")
    assert len(billhook.asked) == 5
    access.check("org_0", "sso")
    assert len(billhook.asked) == 6


def test_many_threads_ask_again_once() -> None:
    billhook = Billhook()
    access = billhook.client()
    access.check("org_1", "sso")
    billhook.now += 10
    waits = threading.Event()
    answer = billhook.fetch

    def slow(query: Query) -> Mapping[str, Any]:
        waits.wait(5)
        return answer(query)

    access.fetch = slow
    for _ in range(20):
        access.check("org_1", "sso")
    waits.set()
    until(lambda: not access.check("org_1", "sso").stale)
    assert len(billhook.asked) == 2


def test_an_app_is_tested_without_billhook() -> None:
    access = fake_access(
        {"org_1": {"plan": "studio", "features": ["sso"], "limits": {"seats": 5}}, "org_2": {"access": False}}
    )
    assert access.check("org_1", "sso").allowed
    assert access.check("org_1", limit="seats").limit == 5
    assert access.check("org_1", "printing").reason == "not_in_plan"
    assert access.check("org_2").reason == "ended"
    assert access.check("org_3").reason == "no_subscription"


def test_an_app_that_asks_by_stripes_id_is_tested_without_billhook() -> None:
    access = fake_access({"cus_1": {"features": ["sso"]}, "cus_2": {}})
    assert access.check(customer="cus_1", feature="sso").allowed
    assert access.check(customer="cus_2").allowed
    assert access.check(customer="cus_3").reason == "no_subscription"


def test_the_token_is_not_part_of_a_log_line() -> None:
    assert TOKEN not in repr(Billhook().client())
