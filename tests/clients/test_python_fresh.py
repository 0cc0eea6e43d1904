"""The Python client never passes off an older answer as new, and never hides that its token is refused."""

import ast
from pathlib import Path

import pytest

from billhook_access import Access, Check, RefusedError, fake_access
from billhook_checkout import wait_for_checkout
from tests.clients.test_python import GRANTED, Billhook, until

ENDED = {"allowed": False, "why": "ended"}
FILES = sorted((Path(__file__).parents[2] / "clients/python").glob("*.py"))


def asking_each_time(billhook: Billhook) -> Access:
    access = billhook.client()
    access.fresh_for = 0
    return access


def is_refused(access: Access) -> bool:
    try:
        access.check("org_1", "sso")
    except RefusedError:
        return True
    return False


def test_without_a_time_for_new_answers_each_check_asks_and_no_answer_is_stale() -> None:
    billhook = Billhook()
    access = asking_each_time(billhook)
    assert access.check("org_1", "sso") == Check(allowed=True, reason="granted", plan="studio")
    billhook.body = ENDED
    assert access.check("org_1", "sso") == Check(allowed=False, reason="ended")
    assert len(billhook.asked) == 2


def test_without_a_time_for_new_answers_the_last_one_counts_during_an_outage() -> None:
    billhook = Billhook()
    access = asking_each_time(billhook)
    access.check("org_1", "sso")
    billhook.trouble = OSError("no route")
    assert access.check("org_1", "sso") == Check(allowed=True, reason="granted", plan="studio", stale=True)


def test_no_answer_in_the_tests_of_an_app_is_stale() -> None:
    access = fake_access({"org_1": {"features": ["sso"]}})
    assert not access.check("org_1", "sso").stale
    assert not access.check("org_2").stale


@pytest.mark.parametrize("checkouts", [{"cs_1": {"outcome": "access_given"}}, {}])
def test_a_check_after_the_success_page_knows_what_was_bought(checkouts: dict[str, dict[str, str]]) -> None:
    billhook = Billhook({"allowed": False, "why": "no_subscription"})
    access = billhook.client()
    access.check("org_1", "sso")
    bought = fake_access({}, checkouts)
    access.fetch = bought.fetch
    wait_for_checkout(access, "cs_1", seconds=1, sleep=lambda seconds: setattr(billhook, "now", billhook.now + seconds))
    access.fetch, billhook.body = billhook.fetch, GRANTED
    assert [access.check("org_1", "sso").allowed for _ in range(2)] == [True, True]
    assert len(billhook.asked) == 2


def test_an_answer_that_was_kept_before_the_success_page_counts_during_an_outage() -> None:
    billhook = Billhook()
    access = billhook.client()
    access.check("org_1", "sso")
    access.renew()
    billhook.trouble = OSError("no route")
    assert access.check("org_1", "sso") == Check(allowed=True, reason="granted", plan="studio", stale=True)


def test_a_token_that_is_refused_later_is_an_error_and_no_older_answer() -> None:
    billhook = Billhook()
    access = billhook.client()
    access.check("org_1", "sso")
    billhook.now += 10
    billhook.trouble = RefusedError("the token is wrong")
    assert access.check("org_1", "sso").stale
    until(lambda: is_refused(access))
    assert is_refused(access)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_file_to_copy_is_readable_by_python_311(file: Path) -> None:
    ast.parse(file.read_text(), feature_version=(3, 11))
