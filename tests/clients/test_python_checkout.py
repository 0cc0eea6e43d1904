"""The Python client waits for a Checkout session within the app's own deadline, and asks for a look if it is late."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

import billhook_checkout
from billhook_access import Access, Query, RefusedError, fake_access
from billhook_checkout import Outcome, wait_for_checkout
from tests.access.support import NOW, SESSION, TOKEN
from tests.access.support import Access as Function
from tests.access.test_document import serving

GIVEN = {"outcome": "access_given", "why": None, "customer": "cus_1", "reference": "org_1", "subscription": "sub_1"}
PENDING = {"outcome": "pending", "why": "not_heard"}


@dataclass
class Billhook:
    """Answers the client from a script; a question waits as long as it says."""

    answers: list[Mapping[str, Any] | Exception]
    retry_after: float = 1.0
    now: float = NOW
    asked: list[tuple[str, str, dict[str, str], float]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def send(self, _: Access, method: str, path: str, query: Query, timeout: float) -> tuple[Mapping[str, Any], float]:
        self.asked.append((method, path, dict(query), timeout))
        if method == "POST":
            return {}, 1
        answer = self.answers.pop(0) if self.answers else PENDING
        if isinstance(answer, Exception):
            raise answer
        if answer.get("outcome") == "pending":
            self.now += float(dict(query)["wait"])
        return answer, self.retry_after

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def wait(self, monkeypatch: pytest.MonkeyPatch, **asked: Any) -> Outcome:  # noqa: ANN401 - any argument
        monkeypatch.setattr(billhook_checkout, "_send", self.send)
        access = Access("https://billhook.example/access", TOKEN, clock=lambda: self.now)
        return wait_for_checkout(access, SESSION, sleep=self.sleep, **asked)


def test_the_outcome_is_told_as_soon_as_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    billhook = Billhook([GIVEN])
    assert billhook.wait(monkeypatch) == Outcome("access_given", None, "cus_1", "org_1", "sub_1")
    assert (billhook.asked, billhook.slept) == ([("GET", SESSION, {"wait": "5"}, 8.0)], [])


def test_a_late_session_is_looked_for_once_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    billhook = Billhook([PENDING, PENDING, GIVEN])
    assert billhook.wait(monkeypatch, account="acct_1").outcome == "access_given"
    assert [(method, path) for method, path, *_ in billhook.asked] == [
        ("GET", SESSION),
        ("POST", f"{SESSION}/refresh"),
        ("GET", SESSION),
        ("GET", SESSION),
    ]
    assert all(query["account"] == "acct_1" for _, _, query, _ in billhook.asked)


@pytest.mark.parametrize("seconds", [0.5, 3, 12, 20])
def test_the_apps_own_deadline_is_kept(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    billhook = Billhook([])
    assert billhook.wait(monkeypatch, seconds=seconds) == Outcome("pending", "not_heard")
    assert billhook.now == NOW + seconds
    assert all(timeout <= seconds for *_, timeout in billhook.asked)


def test_the_pause_is_the_one_that_the_answer_names(monkeypatch: pytest.MonkeyPatch) -> None:
    billhook = Billhook([PENDING, {}, GIVEN], retry_after=2)
    billhook.wait(monkeypatch)
    assert billhook.slept == [2, 2]


@pytest.mark.parametrize("trouble", [OSError("no route"), TimeoutError(), ValueError("no JSON")])
def test_what_cannot_be_reached_is_tried_again_and_said(monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    assert Billhook([trouble, GIVEN]).wait(monkeypatch).outcome == "access_given"
    assert Billhook([trouble] * 99).wait(monkeypatch, seconds=3) == Outcome("pending", "unreachable")


def test_the_function_itself_is_asked_over_http() -> None:
    function = Function()
    function.told(mode="payment", outcome="fulfilled", subscription=None)
    with serving(function) as url:
        assert wait_for_checkout(Access(url, TOKEN), SESSION).outcome == "fulfilled"
        with pytest.raises(RefusedError, match="Checkout session"):
            wait_for_checkout(Access(url, TOKEN), "pi_1")
        with pytest.raises(RefusedError, match="Authorization"):
            wait_for_checkout(Access(url, "wrong" * 10), SESSION)


def test_a_refused_refresh_does_not_end_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    function = Function()
    function.last_refresh = {"asked_at": NOW, "outcome": "no key"}
    monkeypatch.setattr(billhook_checkout, "LATE", 0.0)
    with serving(function) as url:
        came = wait_for_checkout(
            Access(url, TOKEN), SESSION, seconds=3, sleep=lambda _: function.told(mode="payment", outcome="fulfilled")
        )
    assert came.outcome == "fulfilled"


def test_an_app_is_tested_without_billhook() -> None:
    access = fake_access({}, {"cs_1": {"outcome": "fulfilled", "reference": "org_1"}})
    assert wait_for_checkout(access, "cs_1") == Outcome("fulfilled", reference="org_1")
    slept: list[float] = []
    assert wait_for_checkout(access, "cs_2", seconds=0.001, sleep=slept.append).outcome == "pending"
