"""An erasure is shown first, needs the customer's id typed, and is decided by the consumer, not by the command."""

import builtins
import json
import sys
from typing import Any

import boto3
import pytest

from cli.where import Where
from functions.consumer.consume import consume
from functions.consumer.decide.decide import decide
from functions.consumer.message import read_message
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from tests.cli.line import handled
from tests.cli.operator_at_work import Operator
from tests.cli.why.test_replay import Terminal
from tests.consumer.examples import MESSAGE_KEY, NOW
from tests.support.samples import sample

CUSTOMER = str(sample("customer.subscription.created").object["customer"])


@pytest.fixture
def stack(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """A stack that can sign."""
    boto3.client("secretsmanager").create_secret(Name="message-key", SecretString=MESSAGE_KEY)
    monkeypatch.setattr(Where, "described", lambda _where: ({"MessageKeyId": "message-key"}, {"GroupBy": "account"}))
    return at_work


@pytest.fixture
def left(stack: Operator) -> Operator:
    """A stack with a customer whose subscription has ended."""
    stack.handles("customer.subscription.created", "evt_1")
    stack.handles("invoice.paid", "evt_2")
    stack.handles("customer.subscription.deleted", "evt_3")
    return stack


def queued(at_work: Operator) -> list[Any]:
    url = at_work.sqs.get_queue_url(QueueName="billhook-events.fifo")["QueueUrl"]
    return at_work.sqs.receive_message(QueueUrl=url, AttributeNames=["All"]).get("Messages", [])


def test_the_plan_counts_what_would_be_deleted_and_says_who_hears_of_it(left: Operator) -> None:
    said = left.types("erase", CUSTOMER, code=1)
    assert f"{CUSTOMER} of platform in billhook: this would be deleted" in said
    assert "\n  1 record of the customer\n" in said
    assert "\n  3 archived events\n" in said
    assert "\n  1 closed invoice\n  2 mails\n" in said
    assert "no mails; announced on the bus: organization.erased" in said
    assert f"add --confirm {CUSTOMER} to do it" in said
    assert queued(left) == []


@pytest.mark.parametrize(("typed", "sent"), [(CUSTOMER, 1), (f"{CUSTOMER}x", 0), ("yes", 0), ("", 0)])
def test_only_the_customers_id_is_a_yes(left: Operator, monkeypatch: pytest.MonkeyPatch, typed: str, sent: int) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(builtins, "input", lambda _question: typed)
    said = left.types("erase", CUSTOMER, code=0 if sent else 1)
    assert ("nothing was changed" in said) == (not sent)
    assert len(queued(left)) == sent


def test_the_consumer_decides_on_the_message_and_erases(left: Operator) -> None:
    left.types("erase", CUSTOMER, "--confirm", CUSTOMER)
    (message,) = queued(left)
    assert json.loads(message["Body"])["type"] == "erasure.asked"
    assert message["Attributes"]["MessageGroupId"] == "platform"
    assert "organization" in left.world.books(f"platform#{CUSTOMER}")  # not touched by the command
    left.world.decide = decide
    times = {"SentTimestamp": str(NOW * 1000), "ApproximateFirstReceiveTimestamp": str(NOW * 1000)}
    record = {
        "messageId": "message-1",
        "receiptHandle": "receipt",
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "platform", **times},
        "messageAttributes": {},
    }
    assert consume(left.world.consumer, read_message(record)).state == "committed"
    assert "organization" not in left.world.books(f"platform#{CUSTOMER}")
    entry = left.reads("audit")[0]
    assert (entry["command"], entry["selection"]["customer"], entry["outcome"]) == ("erase", CUSTOMER, {"asked": 1})


def test_a_confirmation_of_somebody_else_erases_nobody(left: Operator) -> None:
    assert "--confirm names cus_9" in left.types("erase", CUSTOMER, "--confirm", "cus_9", code=1)
    assert queued(left) == []


def test_a_customer_who_is_subscribed_is_not_erased(left: Operator) -> None:
    left.handles("customer.subscription.created", "evt_4", data={"object": another()})
    said = left.types("erase", CUSTOMER, "--confirm", CUSTOMER, code=1)
    assert "is still subscribed; cancel the subscription at Stripe first" in said
    assert queued(left) == []


def another() -> dict[str, Any]:
    return {**sample("customer.subscription.created").object, "id": "sub_another"}


def test_the_plan_names_the_grant_that_ends_and_the_schedules_that_do_nothing(left: Operator) -> None:
    left.world.policy = Policy(plans=read_plans())
    left.types("grant", CUSTOMER, "--plan", "agency", "--until", "2030-03-31", "--why", "a pilot", "--yes")
    handled(left)
    said = left.types("erase", CUSTOMER, code=1)
    assert "the customer has access by a grant of agency until 31 Mar 2030 00:00:00 UTC, and loses it at once" in said
    assert "the schedule reminder.grant_ended of 31 Mar 2030 00:00:00 UTC will find nobody, and do nothing" in said


def test_a_plan_speaks_of_no_grant_that_is_none(left: Operator) -> None:
    assert "grant" not in left.types("erase", CUSTOMER, code=1)


def test_nobody_is_erased_who_is_not_there(left: Operator) -> None:
    assert "nothing is held about cus_9 of platform" in left.types("erase", "cus_9", code=1)
