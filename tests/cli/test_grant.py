"""`billhook grant` shows what changes, asks, and sends one signed message that the consumer decides on."""

import json
import re

import boto3
import pytest

from cli.operate import grant
from cli.where import Where
from functions.consumer.settings import read_settings
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from tests.cli.line import handled, queued
from tests.cli.operator_at_work import Operator
from tests.consumer.examples import MESSAGE_KEY
from tests.consumer.test_settings import ENVIRON
from tests.support.samples import sample

CUSTOMER = str(sample("customer.subscription.created").object["customer"])
AGENCY = ("grant", CUSTOMER, "--plan", "agency", "--until", "90d", "--why", "a pilot")


@pytest.fixture(autouse=True)
def stack(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    boto3.client("secretsmanager").create_secret(Name="message-key", SecretString=MESSAGE_KEY)
    monkeypatch.setattr(Where, "described", lambda _where: ({"MessageKeyId": "message-key"}, {"GroupBy": "account"}))
    tables = {f"{table.upper()}_TABLE": f"billhook-{table}" for table in ("inbox", "books", "tombstones", "access")}
    monkeypatch.setattr(grant, "settings_of", lambda _where: read_settings(ENVIRON | tables))
    at_work.world.policy = Policy(plans=read_plans())
    at_work.handles("customer.subscription.created", "evt_1")


def test_the_plan_shows_what_changes_and_without_a_yes_nothing_is_sent(at_work: Operator) -> None:
    said = at_work.types(*AGENCY, code=1)
    assert f"{CUSTOMER} of platform gets agency until" in said
    assert "plan: studio -> agency" in said
    assert "then: active, plan agency, features exports, sso, limits seats 20, projects 200" in said
    assert "add --yes" in said
    assert queued(at_work) == []


def test_the_consumer_takes_the_message_and_each_view_shows_the_grant(at_work: Operator) -> None:
    at_work.types(*AGENCY, "--yes")
    ((event, state),) = handled(at_work)
    assert state == "committed"
    shown = at_work.types("customer", CUSTOMER)
    arn = boto3.client("sts").get_caller_identity()["Arn"]
    assert f"by {arn}: a pilot" in shown
    assert "plan       agency (seats 20, projects 200)" in shown
    assert event["id"] in at_work.types("blame", CUSTOMER, "plan")
    assert re.search(
        r"grant  customer cus_\w+, plan agency, until \d\d \w{3} 20\d\d [\d:]{8} UTC", at_work.types("audit")
    )
    at_work.types("revoke", CUSTOMER, "--why", "over", "--yes")
    handled(at_work)
    assert "plan       studio (seats 5, projects 20)" in at_work.types("customer", CUSTOMER)


def test_a_grant_of_a_connected_accounts_customer_joins_its_group(at_work: Operator) -> None:
    said = at_work.types(*AGENCY, "--account", "acct_1", "--yes")
    assert "No event has told of this customer yet" in said
    (message,) = queued(at_work)
    assert (message["group"], json.loads(message["body"])["account"]) == ("acct_1", "acct_1")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"--plan": "enterprise"}, "plans.toml has no plan enterprise; it has free, studio, agency"),
        ({"--until": "2020-01-01"}, "--until 2020-01-01 is not in the future"),
        ({"--until": "9000000d"}, "--until 9000000d is too far ahead"),
        ({"--until": "soon"}, "--until soon is no time"),
        ({"--why": "two\nlines"}, "--why is one line"),
        ({"--why": "x" * 201}, "--why is one line"),
        ({"--why": " "}, "--why is one line"),
    ],
)
def test_a_mistake_is_named_before_anything_is_sent(at_work: Operator, changed: dict[str, str], why: str) -> None:
    options = {"--plan": "agency", "--until": "90d", "--why": "a pilot"} | changed
    words = [word for pair in options.items() for word in pair]
    assert why in at_work.types("grant", CUSTOMER, *words, "--yes", code=1)
    assert queued(at_work) == []


def test_who_is_no_customer_gets_none(at_work: Operator) -> None:
    words = [word if word != CUSTOMER else "ann@example.com" for word in AGENCY]
    assert "is no customer of Stripe's" in at_work.types(*words, "--yes", code=1)


def test_without_a_grant_there_is_nothing_to_revoke(at_work: Operator) -> None:
    assert "has no grant" in at_work.types("revoke", CUSTOMER, "--why", "over", "--yes", code=1)
