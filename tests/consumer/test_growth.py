"""One tenant's largest events: each item of the tables stays below DynamoDB's 400 KB, and each event is decided."""

import json
import random
import string
from typing import Any

import pytest

from bench.units import size as size_of
from functions.consumer.decide.decide import decide
from shared.decisions.facts import LINES_KNOWN
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.stripe_objects.order_lines import MOST_LINES
from tests.consumer.world import World
from tests.support.order_lines import AT_STRIPE, PAID, WITH_LINES, answered
from tests.support.samples import EVENTS

SUBSCRIBED: dict[str, Any] = json.loads((EVENTS / "customer.subscription.created.json").read_text())
ITEM = SUBSCRIBED["data"]["object"]["items"]["data"][0]
KB = 1024
MOST = 400 * KB
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html."""
ENTRY = 256 * KB
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html"""
DICE = random.Random(5)  # noqa: S311 - the same text each time


def text(length: int) -> str:
    """Text that packs as badly as text can."""
    return "".join(DICE.choices(string.ascii_letters + string.digits, k=length))


METADATA = {text(40): text(500) for _ in range(50)}
"""The most that Stripe allows: https://docs.stripe.com/metadata#data."""


@pytest.fixture
def world(world: World) -> World:
    world.decide = decide
    world.policy = Policy(plans=read_plans(), mail_connected=True, tell_connected=True)
    return world


def largest(world: World, **changes: object) -> int:
    """The bytes of the largest item that a subscription with `changes` leaves in either table."""
    obj = SUBSCRIBED["data"]["object"] | changes
    outcome = world.consume(account="acct_1", type=SUBSCRIBED["type"], data={"object": obj})
    assert outcome.state == "committed", outcome
    tables = world.store.inbox, world.store.books
    return max(size_of(item) for name in tables for item in world.store.client.scan(TableName=name)["Items"])


def items(number: int, price: str | None = None) -> dict[str, Any]:
    """So many items; each has a price of its own if `price` is given, which plans.toml does not name."""
    prices = (
        {"id": f"{price}_{one}", "recurring": {"interval": "month"}} if price else ITEM["price"]
        for one in range(number)
    )
    return {"data": [ITEM | {"id": f"si_{one}", "price": its} for one, its in enumerate(prices)], "has_more": False}


@pytest.mark.parametrize(
    ("changes", "most_kb"),
    [
        ({}, 2),
        ({"metadata": METADATA}, 60),
        ({"items": items(500)}, 10),
        ({"items": items(500, "price"), "metadata": METADATA}, 60),
        ({"description": text(900_000)}, 345),
    ],
    ids=["as it is", "most metadata", "500 items", "500 prices", "900 KB"],
)
def test_the_largest_item_of_a_large_event_has_room_to_spare(
    world: World, changes: dict[str, Any], most_kb: int
) -> None:
    size = largest(world, **changes)
    print(f"the largest item has {size / KB:.0f} KB")  # noqa: T201 - a figure
    assert size < most_kb * KB < MOST


def test_an_event_with_more_unknown_prices_than_a_transaction_holds_is_decided(world: World) -> None:
    assert largest(world, items=items(150, "price")) < MOST
    world.work_all()
    (mail,) = (mail for mail in world.services.mails if mail.audience == "operator")
    assert mail.data["price"] == "price_0"


def test_the_most_lines_of_an_order_fit_into_each_item_and_onto_the_bus(world: World) -> None:
    world.policy = WITH_LINES.model_copy(update={"mail_connected": True})
    metadata = {text(40): "\U0001d11e" * 500 for _ in range(50)}
    customer = {"id": PAID.object["customer"], "object": "customer", "metadata": metadata}
    keys = ["\U0001d11e" * 190 + text(10) for _ in range(MOST_LINES)]
    lines = [{**AT_STRIPE[0], "price": {"id": text(30), "product": text(30), "lookup_key": key}} for key in keys]
    answer = answered(PAID, lines=lines, more=True)
    for type_, obj in (
        ("customer.created", customer),
        (PAID.type, dict(PAID.object)),
        (answer.type, dict(answer.object)),
    ):
        outcome = world.consume(type_, f"evt_{type_}", type=type_, account=None, data={"object": obj})
        assert outcome.state in {"committed", "done"}, outcome
    tables = world.store.inbox, world.store.books
    largest_item = max(size_of(item) for name in tables for item in world.store.client.scan(TableName=name)["Items"])
    world.work_all()
    (told,) = (one for one in world.services.announcements if one.name == LINES_KNOWN)
    entry = len(told.model_dump_json(exclude_none=True).encode())
    print(f"the largest item has {largest_item / KB:.0f} KB, the entry on the bus {entry / KB:.0f} KB")  # noqa: T201 - figures
    assert (len(told.lines or ()), told.facts["more_lines"], bool(told.customer_metadata)) == (MOST_LINES, True, True)
    assert largest_item < 230 * KB < MOST
    assert entry < ENTRY
