"""The commit writes what came of a Checkout session, for the page to which the customer returns."""

from itertools import permutations
from typing import Any

import pytest

from functions.consumer.decide.decide import decide
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.consumer.examples import NOW
from tests.consumer.test_access_writes import take
from tests.consumer.world import World
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, SUBSCRIPTION

UNPAID = sample("checkout.session.completed.unpaid")
PAID = sample("checkout.session.async_payment_succeeded")
FAILED = sample("checkout.session.async_payment_failed")
SUBSCRIBED = sample("checkout.session.completed.subscription")
DELAYED = sample("checkout.session.completed.subscription", payment_status="unpaid")


def later(name: str, **changes: object) -> Event:
    """An event about the session of `SUBSCRIBED`, a minute later."""
    session = dict(SUBSCRIBED.object) | changes
    event = SUBSCRIBED.model_dump() | {"id": f"evt_{name}", "type": f"checkout.session.{name}"}
    return Event.model_validate(event | {"created": SUBSCRIBED.created + 60, "data": {"object": session}})


@pytest.fixture(scope="module")
def engine() -> str:
    """moto alone: the engine's own rules are tested with the commit."""
    return "moto"


def session_item(world: World, event: Event) -> dict[str, Any]:
    return world.access()[f"session#platform#{event.object['id']}", "session"]


@pytest.mark.parametrize(
    ("name", "mode", "outcome", "why"),
    [
        ("completed", "payment", "fulfilled", None),
        ("completed.unpaid", "payment", "payment_pending", None),
        ("async_payment_succeeded", "payment", "fulfilled", None),
        ("async_payment_failed", "payment", "failed", "payment_failed"),
        ("expired", "payment", "expired", None),
        ("completed.subscription", "subscription", "completed", None),
        ("completed.setup", "setup", "completed", None),
    ],
)
def test_each_event_of_a_session_tells_what_came_of_it(
    world: World, name: str, mode: str, outcome: str, why: str | None
) -> None:
    event = sample(f"checkout.session.{name}")
    take(world, event)
    item = session_item(world, event)
    assert (item["mode"], item["outcome"], item.get("why")) == (mode, outcome, why)
    assert (item.get("customer"), item["reference"]) == (
        event.object["customer"],
        event.object["client_reference_id"],
    )


def test_the_item_stays_for_seven_days_and_names_what_was_bought(world: World) -> None:
    take(world, SUBSCRIBED)
    item = session_item(world, SUBSCRIBED)
    assert item["expires_at"] == int(NOW) + 7 * DAY
    assert (item["customer"], item["subscription"]) == (CUSTOMER, SUBSCRIPTION)


@pytest.mark.parametrize("order", [*permutations([UNPAID, PAID, PAID.model_copy(update={"id": "evt_again"})])])
def test_a_delayed_payment_is_fulfilled_in_any_order(world: World, order: tuple[Event, ...]) -> None:
    take(world, *order)
    assert session_item(world, PAID)["outcome"] == "fulfilled"


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        (later("async_payment_succeeded"), "completed"),
        (later("async_payment_failed", payment_status="unpaid"), "failed"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_delayed_subscription_ends_the_same_in_any_order(
    world: World, last: Event, outcome: str, *, late: bool
) -> None:
    take(world, *((last, DELAYED) if late else (DELAYED, last)))
    assert session_item(world, DELAYED)["outcome"] == outcome


def test_a_captured_payment_fulfils_the_session_that_waited(world: World) -> None:
    completed = sample("checkout.session.completed", payment_status="unpaid")
    take(world, completed)
    assert session_item(world, completed)["outcome"] == "payment_pending"
    take(world, sample("payment_intent.succeeded", id=completed.object["payment_intent"]))
    assert session_item(world, completed)["outcome"] == "fulfilled"


def test_a_released_hold_fails_the_session_and_says_why(world: World) -> None:
    completed = sample("checkout.session.completed", payment_status="unpaid")
    take(world, completed, sample("payment_intent.canceled", id=completed.object["payment_intent"]))
    item = session_item(world, completed)
    assert (item["outcome"], item["why"]) == ("failed", "payment_canceled")


def test_an_event_that_changes_no_outcome_writes_no_item() -> None:
    books = BooksOf()
    for event, written in ((sample("checkout.session.completed"), 1), (sample("charge.refunded"), 0)):
        decision = decide(event, books)
        assert len(decision.sessions) == written
        books.apply(decision)


def test_nothing_is_told_of_an_erased_customers_session() -> None:
    books = BooksOf()
    books.apply(decide(SUBSCRIBED, books))
    place = (f"platform#{CUSTOMER}", "organization")
    books.records[place] = books.records[place].model_copy(update={"erased_at": SUBSCRIBED.created, "version": 0})
    assert decide(SUBSCRIBED, books).sessions == ()


BEGUN, ENDED = sample("customer.subscription.created"), sample("customer.subscription.deleted")
EXPIRED = sample("customer.subscription.updated", status="incomplete_expired")


@pytest.mark.parametrize("order", [*permutations([SUBSCRIBED, BEGUN, ENDED]), (SUBSCRIBED, EXPIRED)])
def test_the_access_item_still_names_a_subscription_that_has_ended(world: World, order: tuple[Event, ...]) -> None:
    take(world, *order)
    item = world.access()[f"platform#{CUSTOMER}", "access"]
    assert (item["subscriptions"], item["ended_subscriptions"]) == ([], [SUBSCRIPTION])


def test_an_item_names_the_newest_ended_subscriptions_alone() -> None:
    books = BooksOf()
    for day in range(12):
        began = SUBSCRIBED.created + day
        decision = decide(sample(ENDED.type, event_id=f"evt_{day}", id=f"sub_{day}", start_date=began), books)
        books.apply(decision)
    (change,) = decision.access
    assert change.item
    assert change.item.ended_subscriptions == ("sub_10", "sub_11", *(f"sub_{day}" for day in range(4, 10)))
