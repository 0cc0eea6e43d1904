"""An export is shown first, with the mail that would go, and the consumer decides on it, not the command."""

import json

import pytest

from tests.cli.operator_at_work import Operator
from tests.cli.why import test_erase
from tests.cli.why.test_erase import CUSTOMER, queued

stack, left = test_erase.stack, test_erase.left


def test_the_plan_says_who_gets_which_mail(left: Operator) -> None:
    left.handles("customer.created", "evt_9")
    said = left.types("export", CUSTOMER, code=1)
    assert "1 mail at most: farewell to a…@example.com" in said
    assert "accounts@example.com" not in said
    assert "accounts@example.com" in left.types("export", CUSTOMER, "--reveal", code=1)
    assert "add --yes" in said
    assert queued(left) == []


def test_an_unknown_address_is_asked_for_first(stack: Operator) -> None:
    stack.handles("customer.subscription.created", "evt_1")
    stack.handles("customer.subscription.deleted", "evt_3")
    assert "the address is unknown: the worker asks Stripe for it" in stack.types("export", CUSTOMER, code=1)


def test_the_message_is_sent_after_a_yes_and_in_the_audit_log(left: Operator) -> None:
    said = left.types("export", CUSTOMER, "--yes")
    (message,) = queued(left)
    body = json.loads(message["Body"])
    assert body["type"] == "farewell.asked"
    assert f"./billhook show {body['id']}" in said
    entry = left.reads("audit")[0]
    assert (entry["command"], entry["selection"]["customer"]) == ("export", CUSTOMER)


def test_who_has_not_left_gets_none(at_work: Operator, left: Operator) -> None:
    at_work.handles("customer.subscription.created", "evt_4", data={"object": test_erase.another()})
    said = left.types("export", CUSTOMER, "--yes", code=1)
    assert "has not left; print the data and hand it out" in said
    assert queued(left) == []


@pytest.mark.parametrize("whom", ["cus_9"])
def test_nobody_is_exported_who_is_not_there(left: Operator, whom: str) -> None:
    assert "nothing is held about cus_9 of platform" in left.types("export", whom, "--yes", code=1)
