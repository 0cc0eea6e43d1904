"""A guest is erased with the order, the payment, and what lies under the ids of the payment and its charge."""

import pytest

from functions.effects.worker import Partial
from shared.effects.erasure import Erase, ErasedPayment
from shared.policy.policy import Policy
from shared.records.order import Order
from shared.records.payment import Payment
from shared.tables.books import DynamoBooks
from tests.consumer.examples import NOW
from tests.consumer.world import World
from tests.effects.erasable_customers import ACCOUNT, ErasableCustomers

PAID = ErasedPayment(id="pi_1", version=1, charge="ch_1")


@pytest.fixture
def customers(world: World) -> ErasableCustomers:
    return ErasableCustomers(world)


def bought(customers: ErasableCustomers) -> Erase:
    """A guest with an order and a payment, and archived events under three ids; the erasure is committed."""
    customers.save(Order(account=ACCOUNT, subject="cs_1", session_id="cs_1"), archive_of="cs_1")
    customers.save(Payment(account=ACCOUNT, subject="pi_1", session="cs_1", buyer="cs_1"), archive_of="pi_1")
    customers.save(archive_of="ch_1")
    erase = Erase(account=ACCOUNT, customer="cs_1", as_of=NOW, version=1, guest=True, payments=(PAID,))
    customers.save(then=(erase,))
    return erase


def test_the_commit_deletes_order_and_payment_and_leaves_three_tombstones(customers: ErasableCustomers) -> None:
    bought(customers)
    left = customers.left()
    assert {sk for _, sk in left if not sk.startswith("event#")} == {"tombstone"}
    assert {pk for pk, sk in left if sk == "tombstone"} == {
        f"erased#tombstone of {ACCOUNT}#{name}" for name in ("cs_1", "pi_1", "ch_1")
    }
    books = DynamoBooks(customers.world.store, Policy())
    assert books.read(Order, ACCOUNT, "cs_1", "cs_1").erased_at == NOW
    assert books.read(Payment, ACCOUNT, "pi_1").erased_at == NOW


def test_the_worker_deletes_all_that_was_archived_in_steps_that_may_be_interrupted(
    customers: ErasableCustomers,
) -> None:
    effect = bought(customers)
    for number in range(250):
        customers.world.write_book(f"{ACCOUNT}#ch_1", f"event#{number:03d}", {"saved_ms": NOW * 1000})
    steps, cursor = 1, None
    while isinstance(came := customers.step(effect, cursor), Partial):
        steps, cursor = steps + 1, came.cursor
    assert steps > 2
    left = customers.left()
    assert {sk for _, sk in left} == {"tombstone"}
    assert left[f"erased#tombstone of {ACCOUNT}#cs_1", "tombstone"]["deleted_at"] == NOW


def test_what_money_told_after_the_erasure_stays(customers: ErasableCustomers) -> None:
    effect = bought(customers)
    customers.world.clock.now += 1
    customers.save(Payment(account=ACCOUNT, subject="pi_1", erased_at=NOW))
    customers.erase(effect)
    assert sorted(sk for _, sk in customers.left()) == ["money", "tombstone", "tombstone", "tombstone"]
