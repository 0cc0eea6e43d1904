"""Blame names the message of `plans apply` that changed a customer's facts, and only such a message is archived."""

import json
from typing import Any

import pytest

from cli.plans.affected import Affected
from cli.plans.apply import message_for
from functions.consumer.decide.decide import decide
from shared.decisions.journal import read_journal
from shared.policy.plans_file import parse_plans
from shared.policy.policy import Policy
from shared.stripe_objects.event import read_event
from tests.cli.plans import test_diff_and_apply
from tests.cli.plans.test_diff_and_apply import CUSTOMER, FILE, LARGER, Desk
from tests.support.books import BooksOf

desk = test_diff_and_apply.desk


def archived(desk: Desk) -> list[dict[str, Any]]:
    """The archived messages of new rules about the customer."""
    held = desk.at_work.world.books(f"platform#{CUSTOMER}").values()
    return [one for one in held if "#plans_" in one["sk"]]


@pytest.mark.parametrize(
    ("fact", "before", "after"), [("feature_api", None, True), ("limit_seats", 5, 9)], ids=["a feature", "a limit"]
)
def test_blame_names_the_message_that_changed_a_fact(desk: Desk, fact: str, before: object, after: object) -> None:
    desk.file.write_text(LARGER)
    desk.types("apply", "--yes")
    *_, last = desk.at_work.reads("blame", CUSTOMER, fact)
    assert (last["before"], last["after"], last["type"]) == (before, after, "plans.applied")
    assert last["event"].startswith("plans_")
    assert last["policy"] == Policy(plans=parse_plans(LARGER)).fingerprint
    assert f"{last['event']}  plans.applied" in desk.at_work.types("blame", CUSTOMER)


def test_a_fact_that_the_rules_leave_alone_keeps_its_cause(desk: Desk) -> None:
    desk.file.write_text(LARGER)
    desk.types("apply", "--yes")
    *_, last = desk.at_work.reads("blame", CUSTOMER, "plan")
    assert last["event"] == "evt_1"
    (item,) = archived(desk)
    journal = read_journal(item)
    assert journal is not None
    assert journal.changed == {
        f"platform#{CUSTOMER}/organization": {"limit_seats": (5, 9), "feature_api": (None, True)}
    }


def test_a_plan_with_another_name_is_blamed_on_the_rules(desk: Desk) -> None:
    desk.file.write_text(FILE.replace("[plans.studio", "[plans.atelier"))
    desk.types("apply", "--yes")
    *_, last = desk.at_work.reads("blame", CUSTOMER, "plan")
    assert (last["before"], last["after"], last["type"]) == ("studio", "atelier", "plans.applied")


def test_rules_that_change_no_fact_archive_nothing(desk: Desk) -> None:
    desk.file.write_text(FILE.replace("projects = 200", "projects = 300"))
    desk.types("apply", "--yes")
    assert archived(desk) == []


def test_the_first_item_of_a_customer_archives_nothing() -> None:
    assert archived_decision(was=None) is False


def test_a_message_for_other_rules_than_the_deployed_archives_nothing() -> None:
    assert archived_decision(policy="other") is False


def test_a_message_about_an_unknown_customer_archives_nothing() -> None:
    assert archived_decision(customer="cus_9") is False


def test_a_message_that_changes_a_fact_is_archived() -> None:
    assert archived_decision() is True


def test_a_message_after_an_event_under_the_new_rules_archives_nothing() -> None:
    assert archived_decision(before=False) is False


def archived_decision(*, before: bool = True, **changed: object) -> bool:
    """Whether the decision on a message of new rules, changed so, archives it; the customer bought `before` them."""
    rules = Policy(plans=parse_plans(LARGER))
    books = BooksOf(policy=Policy(plans=parse_plans(FILE)) if before else rules)
    books.apply(decide(test_diff_and_apply.BOUGHT, books))
    books.policy = rules
    was = {"access": True, "plan": "studio", "features": ["exports"], "limits": {"seats": 5}}
    one = Affected(f"platform#{CUSTOMER}", was, {}, rules.access_fingerprint, 1)
    message = message_for(one, "code", 1_800_000_000)
    message["data"]["object"] |= changed
    return decide(read_event(json.dumps(message)), books).archive
