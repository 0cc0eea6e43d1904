"""The answers to an app that asks what a customer may do now, and why."""

import pytest

from functions.access.default_plan import default_plan
from functions.access.problem import ProblemError
from shared.policy.plans_file import read_plans
from tests.access.support import DEFAULT, NOW, Access, http_event, item
from tests.support.json_schema import mistakes


def test_a_customer_with_access_is_allowed_and_told_why(access: Access) -> None:
    answer = access.ask("cus_1")
    assert (answer.status, answer.body["allowed"], answer.body["why"]) == (200, True, "granted")
    assert (answer.body["plan"], answer.body["version"], answer.body["customers"]) == ("studio", 3, ["cus_1"])
    assert not {"pk", "sk", "saved_ms"} & answer.body.keys()


@pytest.mark.parametrize(
    ("asked", "allowed", "why"),
    [
        ({"feature": "sso"}, True, "granted"),
        ({"feature": "printing"}, False, "not_in_plan"),
        ({"limit": "seats"}, True, "granted"),
        ({"limit": "printers"}, False, "not_in_plan"),
    ],
)
def test_a_feature_or_a_limit_is_in_the_plan_or_not(
    access: Access, asked: dict[str, str], *, allowed: bool, why: str
) -> None:
    body = access.ask("cus_1", **asked).body
    assert (body["allowed"], body["why"]) == (allowed, why)
    assert body.get("limit", "not asked") == ("not asked" if "feature" in asked else 5 if allowed else None)


@pytest.mark.parametrize(("status", "why"), [("active", "granted"), ("trialing", "trial"), ("grace", "grace")])
def test_why_names_the_trial_and_the_grace_period(access: Access, status: str, why: str) -> None:
    access.holds(item(status=status))
    assert access.ask("cus_1", feature="sso").body["why"] == why


@pytest.mark.parametrize(("status", "why"), [("active", "granted"), ("trialing", "trial"), ("grace", "grace")])
def test_what_a_grant_alone_gives_is_granted_in_a_trial_too(access: Access, status: str, why: str) -> None:
    limits = {"seats": 20, "projects": 20}
    access.holds(item(status=status, limits=limits, granted_features=["sso"], granted_limits=["seats"]))
    questions: list[dict[str, str]] = [
        {"feature": "sso"},
        {"limit": "seats"},
        {"feature": "exports"},
        {"limit": "projects"},
        {},
    ]
    said = [access.ask("cus_1", **asked).body["why"] for asked in questions]
    assert said == ["granted", "granted", why, why, why]


def test_what_a_grant_gave_is_gone_once_access_has_ended_by_itself(access: Access) -> None:
    access.holds(item(access_until=NOW, granted_until=NOW, granted_features=["sso"], granted_limits=["seats"]))
    body = access.ask("cus_1", feature="sso").body
    assert (body["allowed"], body["why"]) == (False, "ended")
    assert (body["granted_features"], body["granted_limits"]) == ([], [])


def test_a_granted_feature_ends_with_the_grant_though_the_subscription_goes_on(access: Access) -> None:
    access.holds(item(granted_until=NOW, features=["exports", "sso"], granted_features=["sso"]))
    body = access.ask("cus_1", feature="sso").body
    assert (body["allowed"], body["why"], body["features"]) == (False, "not_in_plan", ["exports"])
    access.holds(item(granted_until=NOW + 1, features=["exports", "sso"], granted_features=["sso"]))
    assert access.ask("cus_1", feature="sso").body["why"] == "granted"


@pytest.mark.parametrize(
    ("status", "why"),
    [("ended", "ended"), ("past_due", "ended"), ("paused", "ended"), ("none", "no_subscription")],
)
def test_without_access_why_tells_an_end_from_no_subscription(access: Access, status: str, why: str) -> None:
    access.holds(item(status=status, access=False, **DEFAULT))
    assert (access.ask("cus_1").body["allowed"], access.ask("cus_1").body["why"]) == (False, why)
    assert access.ask("cus_1", feature="sso").body["why"] == why
    assert access.ask("cus_1", feature="exports").body["allowed"] is True  # the default plan has it


def test_unknown_is_neither_allowed_nor_refused(access: Access) -> None:
    unknown = item(status="unknown", features=[], limits={})
    del unknown["access"]
    access.holds(unknown)
    for asked in ({}, {"feature": "sso"}, {"limit": "seats"}):
        body = access.ask("cus_1", **asked).body
        assert (body["allowed"], body["why"], body["access"]) == (None, "unknown", None)


def test_a_customer_that_nobody_has_heard_of_has_the_default_plan(access: Access) -> None:
    for answer in (access.ask("cus_new"), access.ask(reference="org_new"), access.ask("cus_1", account="acct_1")):
        assert answer.status == 200
        assert (answer.body["allowed"], answer.body["why"], answer.body["status"]) == (False, "no_subscription", "none")
        assert answer.body.items() >= DEFAULT.items()
        assert answer.body["customers"] == []
    assert access.ask("cus_new", feature="exports").body["allowed"] is True


@pytest.mark.parametrize(("status", "then"), [("grace", "past_due"), ("active", "ended")])
def test_access_ends_by_itself_without_any_event(access: Access, status: str, then: str) -> None:
    one = item()["subscriptions"][0] | {"status": status, "access_until": NOW + 60}
    access.holds(item(status=status, access_until=NOW + 60, subscriptions=[one]))
    before = access.ask("cus_1", feature="sso")
    access.now = NOW + 60
    after = access.ask("cus_1", feature="sso")
    assert (before.body["allowed"], after.body["allowed"], after.body["why"]) == (True, False, "ended")
    assert (after.body["status"], after.body["plan"], after.body["subscriptions"][0]["access"]) == (then, "free", False)
    assert before.headers["etag"] != after.headers["etag"]


def test_of_several_customers_of_a_reference_the_best_answers(access: Access) -> None:
    access.holds(item("cus_2", access=False, status="ended", changed_at=NOW), item("cus_3", status="trialing"))
    body = access.ask(reference="org_1").body
    assert body["customers"] == ["cus_1", "cus_2", "cus_3"]
    assert (body["allowed"], body["customer"]) == (True, "cus_1")


def test_an_answer_that_has_not_changed_is_not_sent_again(access: Access) -> None:
    etag = access.ask("cus_1").headers["etag"]
    again = access.ask_raw(http_event("cus_1", headers={"if-none-match": f'"other", {etag}'}))
    assert (again.status, again.text, again.headers["etag"]) == (304, "", etag)
    access.holds(item(version=4))
    assert access.ask_raw(http_event("cus_1", headers={"if-none-match": etag})).status == 200


def test_no_cache_between_may_keep_an_answer(access: Access) -> None:
    assert access.ask("cus_1").headers["cache-control"] == "private, no-cache"
    assert access.ask("cus_1", token=None).headers["cache-control"] == "no-store"


def test_when_aws_does_not_answer_the_app_may_ask_again(access: Access) -> None:
    access.trouble = ProblemError(503, "table_unavailable", "Try again.", "GetItem: InternalServerError")
    answer = access.ask("cus_1")
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert "InternalServerError" not in answer.text


def test_a_bug_tells_the_app_nothing_of_its_text(access: Access) -> None:
    access.trouble = KeyError("cus_1 and ann@example.com")
    answer = access.ask("cus_1")
    assert (answer.status, answer.body["detail"]) == (500, "A bug.")


def test_the_default_plan_is_that_of_the_file() -> None:
    plans = read_plans()
    assert plans.default
    assert default_plan() == {
        "plan": plans.default,
        "features": sorted(plans.plans[plans.default].features),
        "limits": {**plans.plans[plans.default].limits, **plans.plans[plans.default].flat_limits},
    }


def test_the_check_against_the_document_finds_a_wrong_answer() -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"enum": ["x"]}}}
    assert list(mistakes({"a": 1, "b": "x"}, schema, schema)) == []
    wrongs: tuple[object, ...] = ({}, {"a": "1"}, {"a": True}, {"a": 1, "b": "y"}, [])
    assert all(list(mistakes(wrong, schema, schema)) for wrong in wrongs)
