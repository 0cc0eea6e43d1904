"""Fifty mails to the operator of one kind, account and hour are one mail and a summary that says how many."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from functions.consumer.decide.decide import decide
from functions.effects.perform.scheduler import reminder_message
from shared.effects.email import Email
from shared.effects.remind import Remind
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.values.platform import PLATFORM
from shared.values.times import HOUR
from tests.consumer.examples import NOW
from tests.consumer.world import World
from tests.support.samples import EVENTS

SUBSCRIBED: dict[str, Any] = json.loads((EVENTS / "customer.subscription.created.json").read_text())
BEGAN = NOW - NOW % HOUR
"""The beginning of the hour in which the events are created."""


@pytest.fixture
def world(world: World) -> World:
    world.decide = decide
    world.policy = Policy(plans=read_plans(), mail_connected=True, tell_connected=True)
    return world


def subscribe(world: World, number: int, *, at: int = BEGAN, account: str | None = None, price: str = "") -> None:
    """Customer `number` subscribes, at epoch seconds `at`, to a price that plans.toml does not name."""
    obj = json.loads(json.dumps(SUBSCRIBED["data"]["object"]))
    obj |= {"id": f"sub_{number}", "customer": f"cus_{number}"}
    obj["items"]["data"][0]["price"] = {"id": price or f"price_{number:02}", "recurring": {"interval": "month"}}
    event = {"account": account, "created": at, "type": SUBSCRIBED["type"], "data": {"object": obj}}
    outcome = world.consume(f"message-{number}", f"evt_{number}", **event)
    assert outcome.state == "committed", outcome
    world.work_all()


def fire(world: World, *, known: Sequence[Remind] = ()) -> list[Remind]:
    """Fire the summaries that were set since `known`, and return them."""
    due = [one for one in dict.fromkeys(world.services.reminders) if one.type == "summary.due" and one not in known]
    for number, one in enumerate(due):
        message = reminder_message(one, livemode=True)
        world.consume(f"{one.name}-{number}", message.pop("id"), **message)
        world.work_all()
    return due


def told(world: World) -> list[Email]:
    """The mails to the operator that were sent."""
    return [mail for mail in world.services.mails if mail.audience == "operator"]


def test_fifty_unknown_prices_are_one_mail_and_a_summary_of_the_others(world: World) -> None:
    for number in range(50):
        subscribe(world, number, at=BEGAN + number)
    (first,) = told(world)
    assert (first.template, first.data["price"]) == ("unknown_price", "price_00")
    (due,) = fire(world)
    assert due.at == BEGAN + HOUR + 300
    _, summary = told(world)
    assert (summary.template, summary.data["what"], summary.data["number"]) == ("summary", "unknown_price", 49)
    assert summary.data["subjects"] == ", ".join(f"price_{number:02}" for number in range(1, 11))
    assert summary.data["unnamed"] == 39


def test_a_single_mail_has_no_summary(world: World) -> None:
    subscribe(world, 1)
    assert fire(world) == []
    assert len(told(world)) == 1


def test_a_price_is_counted_once_however_many_subscribe(world: World) -> None:
    for number in range(5):
        subscribe(world, number, price=f"price_{number % 2}")
    fire(world)
    assert [mail.data.get("number") for mail in told(world)] == [None, 1]


def test_each_hour_and_each_account_has_a_mail_of_its_own(world: World) -> None:
    for number, (at, account) in enumerate([(BEGAN, None), (BEGAN + HOUR, None), (BEGAN, "acct_1"), (BEGAN, "acct_2")]):
        subscribe(world, number, at=at, account=account)
    assert [mail.data["account"] for mail in told(world)] == [PLATFORM, PLATFORM, "acct_1", "acct_2"]
    assert fire(world) == []


def test_what_comes_after_the_summary_is_told_by_another_one_an_hour_later(world: World) -> None:
    for number in range(3):
        subscribe(world, number)
    known = fire(world)
    for number in range(3, 6):
        subscribe(world, number)
    (due,) = fire(world, known=known)
    assert due.at == known[0].at + HOUR
    assert [(mail.data.get("number"), mail.data.get("subjects")) for mail in told(world)[1:]] == [
        (2, "price_01, price_02"),
        (3, "price_03, price_04, price_05"),
    ]


def test_a_summary_that_fires_again_says_nothing(world: World) -> None:
    for number in range(3):
        subscribe(world, number)
    (due,) = fire(world)
    again = reminder_message(due, livemode=True) | {"id": "due_again"}
    assert world.consume("again", "due_again", **again).state == "done"
    assert len(told(world)) == 2


def test_several_unknown_prices_of_one_subscription_are_one_mail_and_a_summary(world: World) -> None:
    obj = json.loads(json.dumps(SUBSCRIBED["data"]["object"]))
    (item,) = obj["items"]["data"]
    obj["items"]["data"] = [item | {"id": f"si_{one}", "price": item["price"] | {"id": f"p{one}", "lookup_key": None,
        "product": "prod_x"}} for one in range(5)]  # fmt: skip
    world.consume("message-1", "evt_1", account=None, created=BEGAN, type=SUBSCRIBED["type"], data={"object": obj})
    world.work_all()
    fire(world)
    assert [mail.data.get("number") for mail in told(world)] == [None, 4]
