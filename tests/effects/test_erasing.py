"""An erasure runs in steps beside other events: in the end only newer items are left."""

import pytest

from functions.effects.worker import Done, Partial
from shared.effects.erasure import Erase
from shared.failures.errors import Retryable
from shared.policy.policy import Policy
from shared.records.connected_account import ConnectedAccount
from shared.records.index import PaymentIndex
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.tables.attributes import to_item
from shared.tables.books import DynamoBooks
from tests.consumer.examples import NOW
from tests.consumer.faults import Crash
from tests.consumer.world import World
from tests.effects.erasable_customers import ACCOUNT, ELSEWHERE, ErasableCustomers


@pytest.fixture
def customers(world: World) -> ErasableCustomers:
    return ErasableCustomers(world)


def unreachable(customers: ErasableCustomers, customer: str) -> list[str]:
    """Partitions of payments that still hold something, and that nothing of the customer's leads to."""
    left = customers.left()
    led_to = {sk.partition("#")[2] for pk, sk in left if pk == f"{ACCOUNT}#{customer}" and sk.startswith("payment#")}
    return [pk for pk, _ in left if pk.startswith(f"{ACCOUNT}#pi_{customer}") and pk.partition("#")[2] not in led_to]


@pytest.mark.parametrize("kept", [True, False], ids=["from its cursor", "from the beginning"])
def test_an_erasure_that_is_stopped_after_every_step_ends_with_the_certificate(
    customers: ErasableCustomers, *, kept: bool
) -> None:
    customers.live("cus_1", payments=12)
    effect = customers.bury("cus_1")
    cursor, steps = None, 0
    while isinstance(came := customers.step(effect, cursor), Partial):
        assert unreachable(customers, "cus_1") == []
        cursor, steps = came.cursor if kept else None, steps + 1
    assert steps >= 11
    assert not kept or came == Done("erased 37")  # an event; 12 payments, each with an event and its pointer
    assert customers.of_the_customer() == []
    certificate = customers.left()["erased#tombstone of acct_1#cus_1", "tombstone"]
    assert (certificate["as_of"], certificate["erased_at"], certificate["deleted_at"]) == (NOW, NOW, NOW)
    assert certificate["remains_until"].keys() == {"dead_letter_queue", "backups", "logs", "inbox_ids"}
    assert "metadata" in certificate["remains_in_inbox"]


@pytest.mark.parametrize("operation", ["DeleteItem", "BatchWriteItem", "Query"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_erasure_that_dies_at_any_call_is_finished_by_the_next(
    customers: ErasableCustomers, operation: str, when: str
) -> None:
    customers.live("cus_1", payments=2)
    effect = customers.bury("cus_1")
    faults = customers.world.faults
    for _ in range(3):
        (faults.crash_before if when == "before" else faults.crash_after)(operation)
        with pytest.raises(Crash):
            customers.erase(effect)
        assert unreachable(customers, "cus_1") == []
    customers.erase(effect)
    assert customers.of_the_customer() == []


def test_a_customer_who_returns_in_the_middle_keeps_the_new_life_whole(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=4)
    effect = customers.bury("cus_1")
    first = customers.step(effect)
    assert isinstance(first, Partial)
    customers.world.clock.now += 1
    customers.save(
        Organization(account=ACCOUNT, subject="cus_1", versions_before=1, erased_at=NOW),
        Order(account=ACCOUNT, subject="cus_1", session_id="cs_new"),
        archive_of="cus_1",
    )
    customers.pay("cus_1", "pi_cus_1_new")
    before = customers.left()
    new = {place: item for place, item in before.items() if item.get("saved_ms", 0) > NOW * 1000}
    assert len(new) == 7  # a record, an order, an event; a payment with its event, its pointer and its holding

    customers.erase(effect, first.cursor)

    left = customers.left()
    assert {place: left.get(place) for place in new} == new
    assert {place for place in left if not place[0].startswith(ELSEWHERE)} <= new.keys()
    back = DynamoBooks(customers.world.store, Policy()).read(Organization, ACCOUNT, "cus_1")
    assert (back.version, back.overall_version, back.erased_at) == (1, 2, NOW)


def test_what_the_line_saves_between_the_query_and_the_deletion_is_spared(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=1)
    effect = customers.bury("cus_1")

    def returns() -> None:
        customers.world.write_book("acct_1#pi_cus_1_0", "payment", {"saved_ms": NOW * 1000 + 1, "new": True})

    customers.world.faults.meanwhile("DeleteItem", returns)
    customers.erase(effect)
    spared = {("acct_1#pi_cus_1_0", "payment"), ("acct_1#cus_1", "payment#pi_cus_1_0")}
    assert set(customers.of_the_customer()) == spared


def test_a_pointer_to_what_is_newer_stays_so_that_a_later_erasure_finds_it(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=2)
    customers.bury("cus_1")
    customers.world.clock.now += 1
    refunded = Payment(account=ACCOUNT, subject="pi_cus_1_0", customer="cus_1", version=1)
    customers.save(refunded, Organization(account=ACCOUNT, subject="cus_1", versions_before=1))
    effect = Erase(account=ACCOUNT, customer="cus_1", as_of=NOW, version=1)
    customers.erase(effect)
    assert unreachable(customers, "cus_1") == []
    assert ("acct_1#pi_cus_1_0", "payment") in customers.of_the_customer()

    customers.world.clock.now += 1
    customers.erase(customers.bury("cus_1"))
    assert customers.of_the_customer() == []


def test_a_new_pointer_does_not_hide_what_is_old(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=1)
    effect = customers.bury("cus_1")
    customers.world.clock.now += 1
    customers.save(PaymentIndex(account=ACCOUNT, subject="cus_1", payment="pi_cus_1_0"))
    customers.erase(effect)
    assert customers.of_the_customer() == [("acct_1#cus_1", "payment#pi_cus_1_0")]


def test_a_step_whose_time_is_over_gets_past_what_it_spares(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=3)
    effect = customers.bury("cus_1")
    customers.world.clock.now += 1
    for number in range(3):
        customers.save(PaymentIndex(account=ACCOUNT, subject="cus_1", payment=f"pi_cus_1_{number}"))
    _, steps = customers.erase(effect)
    assert steps <= 4


def test_a_whole_account_is_erased_with_its_customers_their_payments_and_guests(customers: ErasableCustomers) -> None:
    for customer in ("cus_1", "cus_2", "cus_3"):
        customers.live(customer, payments=2)
    customers.save(ConnectedAccount(account=ACCOUNT, subject=ACCOUNT))
    customers.export("cus_2")
    outcome, steps = customers.erase(customers.bury(ACCOUNT))
    assert steps > 6
    assert outcome == "erased 34"  # 3 records and events, 6 payments and events and pointers, 9 holdings, an export
    assert [pk for pk, _ in customers.left() if not pk.startswith("erased#")] == []
    assert customers.bucket.files == {}
    assert len(customers.bucket.asked_to_delete) == 1


def test_a_partition_of_many_pages_is_erased_over_several_steps(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=1)
    for number in range(250):
        customers.world.write_book("acct_1#pi_cus_1_0", f"event#{number:03d}", {"saved_ms": NOW * 1000})
    effect = customers.bury("cus_1")
    _, steps = customers.erase(effect)
    assert steps == 3
    assert customers.of_the_customer() == []


def test_s3_is_not_asked_about_a_customer_who_was_never_exported(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=2)
    customers.erase(customers.bury("cus_1"))
    assert customers.bucket.asked_to_delete == []


def test_what_dynamodb_does_not_get_to_is_asked_for_again_after_a_pause(customers: ErasableCustomers) -> None:
    customers.live("cus_1")
    effect = customers.bury("cus_1")
    (event,) = (place for place in customers.left() if place[1].startswith("event#"))
    books, key = customers.world.store.books, to_item({"pk": event[0], "sk": event[1]})
    unprocessed = {"UnprocessedItems": {books: [{"DeleteRequest": {"Key": key}}]}}
    for _ in range(2):
        customers.world.faults.answer("BatchWriteItem", unprocessed)
    assert customers.erase(effect) == ("erased 1", 1)
    assert customers.pauses == [0, 0.1, 0.2]
    assert customers.of_the_customer() == []


def test_what_dynamodb_never_gets_to_is_left_to_the_next_try(customers: ErasableCustomers) -> None:
    customers.live("cus_1")
    effect = customers.bury("cus_1")
    for _ in range(6):
        customers.world.faults.answer("BatchWriteItem", {"UnprocessedItems": {customers.world.store.books: [{}]}})
    with pytest.raises(Retryable, match="UnprocessedItems"):
        customers.erase(effect)
    customers.erase(effect)
    assert customers.of_the_customer() == []


def test_erasing_twice_does_no_more_than_once(customers: ErasableCustomers) -> None:
    customers.live("cus_1", payments=2)
    effect = customers.bury("cus_1")
    customers.erase(effect)
    left = customers.left()
    assert customers.erase(effect) == ("erased 0", 1)
    assert customers.left() == left
