"""An erasure deletes what came of a customer's Checkout sessions, and spares what is newer."""

import pytest

from shared.values.times import DAY
from tests.consumer.faults import Crash
from tests.consumer.test_access_writes import take
from tests.consumer.world import World
from tests.effects.erasable_customers import ErasableCustomers
from tests.support.samples import sample
from tests.support.stories import CUSTOMER

PLATFORM = "platform"
SUBSCRIBED = sample("checkout.session.completed.subscription")
ORDERED = sample("checkout.session.completed")
SAVED = sample("checkout.session.completed.setup")


@pytest.fixture
def customers(world: World) -> ErasableCustomers:
    found = ErasableCustomers(world)
    take(world, SUBSCRIBED, ORDERED, SAVED)
    assert len(sessions(world)) == 3
    return found


def sessions(world: World) -> set[str]:
    return {partition for partition, sort_key in world.access() if sort_key == "session"}


def test_an_erasure_takes_the_sessions_of_every_mode_along(customers: ErasableCustomers) -> None:
    customers.erase(customers.bury(CUSTOMER, PLATFORM))
    assert sessions(customers.world) == set()


@pytest.mark.parametrize("calls", [0, 1, 2, 3])
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_erasure_that_dies_at_any_delete_leaves_no_session_behind(
    customers: ErasableCustomers, when: str, calls: int
) -> None:
    effect = customers.bury(CUSTOMER, PLATFORM)
    for _ in range(calls + 1):
        faults = customers.world.faults
        (faults.crash_before if when == "before" else faults.crash_after)("DeleteItem")
        with pytest.raises(Crash):
            customers.erase(effect)
    customers.erase(effect)
    assert sessions(customers.world) == set()


def test_a_session_that_was_told_after_the_tombstone_stays(customers: ErasableCustomers) -> None:
    effect = customers.bury(CUSTOMER, PLATFORM)
    customers.world.clock.now += 1
    now = int(customers.world.clock.now)
    session = dict(SUBSCRIBED.object) | {"created": now}
    again = SUBSCRIBED.model_copy(
        update={"id": "evt_again", "created": now, "data": SUBSCRIBED.data.model_copy(update={"object": session})}
    )
    take(customers.world, again)
    customers.erase(effect)
    assert sessions(customers.world) == {f"session#{PLATFORM}#{SUBSCRIBED.object['id']}"}


def test_the_item_of_an_old_session_has_expired_and_costs_no_call(customers: ErasableCustomers) -> None:
    customers.world.clock.now += 10 * DAY
    before = len(sessions(customers.world))
    customers.erase(customers.bury(CUSTOMER, PLATFORM))
    assert len(sessions(customers.world)) == before
