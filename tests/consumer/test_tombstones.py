"""Tombstones lie in a table of their own, and the commit and the look reach it without a call more."""

from functools import partial

import pytest

from functions.consumer.commit.commit import commit
from shared.decisions.decision import NOTHING, Decision
from shared.effects.erasure import Erase
from shared.records.books import Books
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.tables.attributes import from_item
from shared.tables.tombstones import payment_stone_write
from tests.consumer.examples import NOW
from tests.consumer.world import World


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def buried(world: World) -> list[tuple[str, str]]:
    items = map(from_item, world.store.client.scan(TableName=world.store.tombstones)["Items"])
    return [(item["pk"], item["sk"]) for item in items]


def test_one_transaction_deletes_the_record_and_writes_the_tombstone_beside_it(world: World) -> None:
    ours = Organization(account="acct_1", subject="cus_1", reminders={"in_1": NOW})
    commit(world.store, world.claim(), world.event(), "{}", Decision(archive=False, save=(ours,)))
    erase = Erase(account="acct_1", customer="cus_1", as_of=NOW, version=1)
    claim = world.claim(event_id="evt_2")
    world.faults.calls.clear()
    commit(world.store, claim, world.event("evt_2"), "{}", Decision(archive=False, then=(erase,)))
    assert world.faults.calls == ["TransactWriteItems"]
    assert world.books() == {}
    assert buried(world) == [("erased#tombstone of acct_1#cus_1", "tombstone")]


def test_money_after_an_erasure_lies_beside_the_tombstone_and_not_in_the_books(world: World) -> None:
    late = Payment(account="acct_1", subject="pi_1", erased_at=NOW)
    commit(world.store, world.claim(), world.event(), "{}", Decision(archive=False, save=(late,)))
    assert world.books("acct_1#pi_1") == world.books("erased#tombstone of acct_1#pi_1") == {}
    assert [sk for _, sk in buried(world)] == ["money", "tombstone"]


@pytest.mark.parametrize("erased", [True, False])
def test_the_look_reads_the_tombstone_of_a_payment_too(world: World, *, erased: bool) -> None:
    def asks(found: list[int | None], event: Event, books: Books) -> Decision:
        found.append(books.read(Payment, event.account, "pi_1").erased_at)
        return NOTHING

    if erased:
        world.store.client.put_item(**payment_stone_write(world.store, "acct_1", "pi_1", NOW, NOW * 1000))
    found: list[int | None] = []
    world.decide = partial(asks, found)
    world.faults.calls.clear()
    world.consume(data={"object": {"id": "pi_1", "object": "payment_intent"}})
    assert found == [NOW if erased else None]
    money = ["GetItem"] if erased else []
    assert world.faults.calls == ["BatchGetItem", *money, "TransactWriteItems"]
