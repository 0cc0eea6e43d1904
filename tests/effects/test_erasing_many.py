"""Ten thousand payments of a customer, or customers of an account, are erased in steps that end in time."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import batched

import pytest

from functions.effects.worker import Partial
from shared.effects.erasure import Erase
from shared.tables.attributes import to_item
from shared.values import keys
from tests.consumer.examples import NOW
from tests.consumer.world import World
from tests.effects.erasable_customers import ACCOUNT, ErasableCustomers

type Key = tuple[str, str]

MANY = [60, pytest.param(10_000, marks=pytest.mark.prove)]
STEP = {60: 0.05, 10_000: 10.0}
"""Seconds a step may go on; on Lambda it is 45."""
SPARE = 15
"""Seconds by which a step may overrun: Lambda gives the worker 60, and other work may keep this machine busy."""


@pytest.fixture(autouse=True)
def quick_enough(engine: str, many: int) -> None:
    """A query of moto's takes the longer the more partitions its table has."""
    if engine == "moto" and many > 1000:
        pytest.skip("moto would take half an hour")


def payments_of(customer: str, many: int) -> Iterator[Key]:
    for number in range(many):
        partition = keys.partition(ACCOUNT, f"pi_{number}")
        yield keys.partition(ACCOUNT, customer), keys.pointer(f"pi_{number}")
        yield partition, keys.PAYMENT
        yield partition, keys.archived(NOW, f"evt_{number}")


def customers_of(account: str, many: int) -> Iterator[Key]:
    for number in range(many):
        partition = keys.partition(account, f"cus_{number}")
        yield keys.partition(account, account), keys.holding(f"cus_{number}")
        yield partition, keys.ORGANIZATION
        yield partition, keys.archived(NOW, f"evt_{number}")
        if number % 100 == 0:
            yield partition, keys.EXPORT


def put(world: World, places: Iterator[Key]) -> int:
    many = 0
    for some in batched(places, 25, strict=False):
        items = [to_item({"pk": pk, "sk": sk, "saved_ms": NOW * 1000}) for pk, sk in some]
        requests = [{"PutRequest": {"Item": item}} for item in items]
        world.store.client.batch_write_item(RequestItems={world.store.books: requests})  # type: ignore[dict-item] # puts
        many += len(some)
    return many


def erase_in_time(world: World, effect: Erase, seconds: float, report: pytest.CaptureFixture[str]) -> ErasableCustomers:
    """Erase step by step on a clock that runs, and say what each step took."""
    customers = ErasableCustomers(replace(world, store=replace(world.store, clock=time.time)))
    world.faults.calls.clear()
    cursor, took = None, []
    while True:
        begun = time.time()
        came = customers.eraser.step(effect, NOW * 1000, cursor, begun + seconds)
        took.append(time.time() - begun)
        if not isinstance(came, Partial):
            break
        cursor = came.cursor
    calls = Counter(world.faults.calls)
    with report.disabled():
        print(f"\n{came.outcome}: {len(took)} steps of {seconds} s, the longest {max(took):.2f} s; {dict(calls)}")  # noqa: T201
    assert len(took) > 1
    assert max(took) < seconds + SPARE
    return customers


@pytest.mark.parametrize("many", MANY)
def test_a_customer_with_many_payments_is_erased(world: World, many: int, capsys: pytest.CaptureFixture[str]) -> None:
    put(world, payments_of("cus_1", many))
    effect = Erase(account=ACCOUNT, customer="cus_1", as_of=NOW)
    customers = erase_in_time(world, effect, STEP[many], capsys)
    assert [sk for _, sk in customers.left()] == ["tombstone"] * (1 + many)  # the customer's, and one a payment
    assert customers.bucket.asked_to_delete == []


@pytest.mark.parametrize("many", MANY)
def test_an_account_with_many_customers_is_erased(world: World, many: int, capsys: pytest.CaptureFixture[str]) -> None:
    put(world, customers_of(ACCOUNT, many))
    effect = Erase(account=ACCOUNT, customer=ACCOUNT, as_of=NOW)
    customers = erase_in_time(world, effect, STEP[many], capsys)
    assert [sk for _, sk in customers.left()] == ["tombstone"]
    assert len(customers.bucket.asked_to_delete) == -(-many // 100)
