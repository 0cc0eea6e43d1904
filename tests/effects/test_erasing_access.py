"""The erasure of a connected account takes the access items of its customers along, and what is newer stays."""

import pytest

from shared.decisions.access_item import AccessChange, AccessItem
from shared.policy.policy import Policy
from shared.records.connected_account import ConnectedAccount
from shared.records.index import AccountIndex
from shared.records.organization import Organization
from shared.tables.books import DynamoBooks
from tests.consumer.faults import Crash
from tests.consumer.world import World
from tests.effects.erasable_customers import ACCOUNT, ErasableCustomers


@pytest.fixture
def customers(world: World) -> ErasableCustomers:
    found = ErasableCustomers(world)
    found.save(ConnectedAccount(account=ACCOUNT, subject=ACCOUNT))
    return found


def live(customers: ErasableCustomers, customer: str, reference: str | None = "org_1") -> None:
    """Commit a customer with an access item."""
    organization = Organization(account=ACCOUNT, subject=customer)
    item = AccessItem(account=ACCOUNT, customer=customer, status="active", access=True, reference=reference)
    change = AccessChange(partition=organization.partition, item=item)
    holding = AccountIndex(account=ACCOUNT, subject=ACCOUNT, held=customer)
    customers.save(organization, holding, access=(change,))


def test_an_account_that_leaves_takes_the_access_of_its_customers_along(customers: ErasableCustomers) -> None:
    live(customers, "cus_1")
    live(customers, "cus_2", reference=None)
    assert len(customers.world.access()) == 3
    customers.erase(customers.bury(ACCOUNT))
    assert customers.world.access() == {}


@pytest.mark.parametrize("calls", [0, 1, 2])
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_erasure_that_dies_at_any_delete_leaves_no_access_behind(
    customers: ErasableCustomers, when: str, calls: int
) -> None:
    live(customers, "cus_1")
    effect = customers.bury(ACCOUNT)
    for _ in range(calls + 1):
        faults = customers.world.faults
        (faults.crash_before if when == "before" else faults.crash_after)("DeleteItem")
        with pytest.raises(Crash):
            customers.erase(effect)
    customers.erase(effect)
    assert customers.world.access() == {}


def test_an_item_that_was_written_after_the_tombstone_stays(customers: ErasableCustomers) -> None:
    effect = customers.bury(ACCOUNT)
    customers.world.clock.now += 1
    live(customers, "cus_1")
    customers.erase(effect)
    assert len(customers.world.access()) == 2


def test_the_export_of_a_customer_shows_the_access_item(customers: ErasableCustomers) -> None:
    live(customers, "cus_1")
    customers.export("cus_1")
    (file,) = customers.bucket.files.values()
    assert b'"access": {' in file
    assert b'"reference": "org_1"' in file


def test_a_customer_who_comes_back_while_the_worker_looks_keeps_the_reference(customers: ErasableCustomers) -> None:
    live(customers, "cus_1")
    effect = customers.bury(ACCOUNT)

    def comes_back() -> None:
        customers.world.clock.now += 1
        organization = DynamoBooks(customers.world.store, Policy()).read(Organization, ACCOUNT, "cus_1")
        item = AccessItem(account=ACCOUNT, customer="cus_1", status="active", access=True, reference="org_1")
        change = AccessChange(partition=organization.partition, item=item, before="org_1")
        customers.save(organization, access=(change,))

    customers.world.faults.meanwhile("GetItem", lambda: None)  # of the tombstone
    customers.world.faults.meanwhile("GetItem", comes_back)
    customers.erase(effect)
    assert len(customers.world.access()) == 2
