"""Erasures that are not alone: one that an older version owes, and two of one customer."""

import pytest

from functions.effects.worker import Partial
from shared.effects.erasure import Erase
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.tables.books import DynamoBooks
from shared.values.times import DAY
from tests.consumer.examples import NOW
from tests.consumer.world import World
from tests.effects.erasable_customers import ACCOUNT, ErasableCustomers


@pytest.fixture
def customers(world: World) -> ErasableCustomers:
    return ErasableCustomers(world)


def test_an_erasure_that_code_before_0_2_owed_is_buried_by_the_worker(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=1)
    customers.erase(Erase(account=ACCOUNT, customer="cus_1", as_of=NOW))
    assert customers.of_the_customer() == []
    assert DynamoBooks(customers.world.store, Policy()).read(Organization, ACCOUNT, "cus_1").erased_at == NOW


def test_and_it_spares_a_customer_who_came_back_since(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=1)
    customers.world.clock.now += 1
    back = DynamoBooks(customers.world.store, Policy()).read(Organization, ACCOUNT, "cus_1")
    customers.save(back.model_copy(update={"reminders": {"in_2": NOW}}), archive_of="cus_1")
    customers.pay("cus_1", "pi_cus_1_new")
    before = customers.left()
    new = {place: item for place, item in before.items() if item.get("saved_ms", 0) > NOW * 1000}
    assert len(new) == 6  # the record, an event; a payment with its event, its pointer and its holding

    customers.erase(Erase(account=ACCOUNT, customer="cus_1", as_of=NOW))

    left = customers.left()
    assert {place: left.get(place) for place in new} == new
    assert set(customers.of_the_customer()) <= new.keys()
    assert not [place for place in left if "pi_cus_1_new" in place[0] and place[0].startswith("erased#")]


def test_an_older_erasure_does_not_certify_a_newer_one(customers: ErasableCustomers) -> None:
    customers.live("cus_1")
    older = customers.bury("cus_1")

    def returns_and_leaves_again() -> None:
        customers.world.clock.now += 1
        customers.save(Organization(account=ACCOUNT, subject="cus_1", versions_before=1))
        customers.bury("cus_1")

    customers.world.faults.meanwhile("UpdateItem", returns_and_leaves_again)
    customers.erase(older)
    assert "deleted_at" not in customers.left()["erased#tombstone of acct_1#cus_1", "tombstone"]


def test_an_older_erasure_that_goes_on_does_not_certify_a_newer_one(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=3)
    older = customers.bury("cus_1")
    begun = customers.step(older)
    assert isinstance(begun, Partial)
    customers.world.clock.now += 1
    customers.save(Organization(account=ACCOUNT, subject="cus_1", versions_before=1), archive_of="cus_1")
    newer = customers.bury("cus_1", as_of=NOW + 1)

    customers.erase(older, begun.cursor)

    assert "deleted_at" not in customers.left()["erased#tombstone of acct_1#cus_1", "tombstone"]
    customers.erase(newer)
    assert customers.of_the_customer() == []
    assert "deleted_at" in customers.left()["erased#tombstone of acct_1#cus_1", "tombstone"]


def test_an_older_erasure_that_runs_late_buries_payments_as_of_the_newer(customers: ErasableCustomers) -> None:
    customers.live("cus_1")
    older = customers.bury("cus_1", as_of=NOW)
    customers.world.clock.now += DAY
    customers.save(Organization(account=ACCOUNT, subject="cus_1", versions_before=1), archive_of="cus_1")
    customers.pay("cus_1", "pi_new")
    customers.world.clock.now += DAY
    newer = customers.bury("cus_1", as_of=NOW + 2 * DAY)

    customers.erase(older)
    customers.erase(newer)

    paid = DynamoBooks(customers.world.store, Policy()).read(Payment, ACCOUNT, "pi_new")
    assert paid.erased_at == NOW + 2 * DAY
