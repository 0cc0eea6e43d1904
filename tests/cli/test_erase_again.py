"""`billhook erase-again` erases again from restored books what was erased since, and spares what is newer."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from cli.command import main
from cli.operate import erase_again
from cli.operate.erase_again import Applied
from shared.records.connected_account import ConnectedAccount
from shared.records.organization import Organization
from shared.tables.attributes import from_item, to_item
from shared.values import keys
from shared.values.export_files import file_key
from tests.cli.restored_books import BUCKET, OUTPUTS, Restored, erased_since, restorable
from tests.consumer.examples import NOW, REGION
from tests.consumer.faults import Crash
from tests.effects.erasable_customers import ACCOUNT


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[Restored]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with restorable() as made:
        yield made


def test_a_restore_brings_nobody_back_who_was_erased_since(restored: Restored) -> None:
    before, after = erased_since(restored)
    restored.restore(before)
    assert restored.apply() == 11  # a record and an event; three payments, each with an event and its pointer
    assert restored.backup() == after
    assert restored.apply() == 0


def test_what_came_after_the_erasure_is_spared(restored: Restored) -> None:
    before, _ = erased_since(restored)
    restored.customers.world.clock.now += 1
    restored.customers.save(Organization(account=ACCOUNT, subject="cus_1", versions_before=1), archive_of="cus_1")
    restored.customers.pay("cus_1", "pi_cus_1_new")
    now = restored.backup()
    restored.restore(before | now)
    restored.apply()
    assert restored.backup() == now


def test_a_dry_run_counts_and_deletes_nothing(restored: Restored) -> None:
    before, _ = erased_since(restored)
    restored.restore(before)
    tombstones = restored.customers.left()
    assert restored.apply(dry_run=True) == 11
    assert (restored.backup(), restored.customers.left()) == (before, tombstones)
    assert restored.apply() == 11


@pytest.mark.parametrize("operation", ["DeleteItem", "BatchWriteItem", "Query"])
def test_a_run_that_is_interrupted_goes_on_from_its_place(restored: Restored, operation: str) -> None:
    before, after = erased_since(restored)
    restored.restore(before)
    restored.customers.world.faults.crash_after(operation)
    with pytest.raises(Crash):
        restored.apply()
    assert restored.backup() != after
    restored.apply(after=restored.applied.after)
    assert restored.backup() == after


def test_the_next_run_begins_where_the_last_one_was(restored: Restored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase_again, "PAGE", 2)
    before, after = erased_since(restored)
    restored.restore(before)
    half = Applied()
    pages = erase_again.apply(restored.places, half, dry_run=False)
    for _ in range(4):
        next(pages)
    assert (half.scanned, half.after is None) == (8, False)
    whole, rest = len(restored.backup()), restored.apply(after=half.after)
    assert restored.applied.scanned < whole
    assert half.deleted + rest == 11
    assert restored.backup() == after


def test_the_customers_of_an_account_that_was_erased_stay_erased(restored: Restored) -> None:
    customers = restored.customers
    for customer in ("cus_1", "cus_2"):
        customers.live(customer, payments=2)
    customers.save(ConnectedAccount(account=ACCOUNT, subject=ACCOUNT))
    before = restored.backup()
    customers.world.clock.now += 1
    customers.erase(customers.bury(ACCOUNT))
    holdings = {place for place in before if place[1].startswith("holds#")}
    restored.restore({place: item for place, item in before.items() if place not in holdings})
    restored.apply()  # finds them without the pointers of the account, too
    assert restored.backup() == {}


@pytest.mark.parametrize("newer", [True, False])
def test_the_access_of_a_customer_is_erased_again_unless_it_is_newer(restored: Restored, *, newer: bool) -> None:
    before, _ = erased_since(restored)
    restored.restore(before)
    store = restored.places.store
    access = {"pk": f"{ACCOUNT}#cus_1", "sk": keys.ACCESS, "saved_ms": (NOW + 2 * newer) * 1000}
    store.client.put_item(TableName=store.access, Item=to_item(access))
    restored.apply()
    assert len(restored.customers.world.access()) == newer


@pytest.mark.parametrize("newer", [True, False])
def test_a_file_stays_if_it_is_newer_than_the_erasure(restored: Restored, *, newer: bool) -> None:
    before, _ = erased_since(restored)
    partition = f"{ACCOUNT}#cus_1"
    note = {"pk": partition, "sk": "export", "saved_ms": NOW * 1000}
    restored.restore(before | {(partition, "export"): note})
    s3: Any = restored.places.client
    s3.put_object(Bucket=BUCKET, Key=file_key(restored.places.store.token("export", partition)), Body=b"{}")
    written = s3.list_objects_v2(Bucket=BUCKET)["Contents"][0]["LastModified"].timestamp()
    later = {":later": int(written * 1000) + (-5_000 if newer else 5_000)}
    for pk, sk in (place for place in restored.customers.left() if place[0].startswith("erased#")):
        restored.places.store.client.update_item(
            TableName=restored.places.store.tombstones,
            Key=to_item({"pk": pk, "sk": sk}),
            UpdateExpression="SET buried_ms = :later",
            ExpressionAttributeValues=to_item(later),
        )
    restored.apply()
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == newer


def test_tombstones_that_an_earlier_build_wrote_into_the_books_move_and_hold(restored: Restored) -> None:
    before, after = erased_since(restored)
    store = restored.places.store
    stones = [from_item(item) for item in store.client.scan(TableName=store.tombstones)["Items"]]
    for stone in stones:
        store.client.put_item(TableName=store.books, Item=to_item(stone))
        store.client.delete_item(TableName=store.tombstones, Key=to_item({"pk": stone["pk"], "sk": stone["sk"]}))
    restored.restore(before)
    assert restored.apply(dry_run=True) == 11
    restored.apply()
    assert restored.backup() == after
    assert [from_item(item) for item in store.client.scan(TableName=store.tombstones)["Items"]] == stones
    in_books = [item["pk"]["S"] for item in store.client.scan(TableName=store.books)["Items"]]
    assert not [pk for pk in in_books if pk.startswith("erased#")]


def test_an_older_tombstone_in_the_books_replaces_no_newer_one(restored: Restored) -> None:
    erased_since(restored)
    store = restored.places.store
    stones = [from_item(item) for item in store.client.scan(TableName=store.tombstones)["Items"]]
    for stone in stones:
        store.client.put_item(TableName=store.books, Item=to_item(stone | {"buried_ms": stone["buried_ms"] - 1}))
    restored.apply()
    assert [from_item(item) for item in store.client.scan(TableName=store.tombstones)["Items"]] == stones


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    make = boto3.client
    cloudformation = SimpleNamespace(describe_stacks=lambda **_asked: {"Stacks": [{"Outputs": OUTPUTS}]})

    def client(name: str, **_region: str) -> object:
        return cloudformation if name == "cloudformation" else make(name)  # type: ignore[call-overload] # its overloads want literals

    with monkeypatch.context() as patch:
        patch.setattr(boto3, "client", client)
        return main(["erase-again", "--stack", "billhook", *arguments])


def test_the_command_finds_the_stack_and_tells_what_it_did(
    restored: Restored, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = erased_since(restored)
    restored.restore(before)
    assert run(monkeypatch, "--dry-run") == 0
    assert capsys.readouterr().out.endswith("4 erased partitions, 11 items to delete\n")
    assert run(monkeypatch) == 0
    assert "11 items deleted" in capsys.readouterr().out
    assert restored.backup() == after
    assert run(monkeypatch, "--suffix", "restored") == 1
    assert "stopped" in capsys.readouterr().err
    assert run(monkeypatch, "--after", "nowhere") == 1
    assert "no place that a run has named" in capsys.readouterr().err


def test_a_run_tells_how_to_go_on_and_takes_what_it_told(
    restored: Restored, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(erase_again, "PAGE", 5)
    before, after = erased_since(restored)
    restored.restore(before)
    assert run(monkeypatch, "--dry-run") == 0
    first = capsys.readouterr().out.splitlines()[0].rpartition(" ")[2]
    assert run(monkeypatch, "--after", first) == 0
    assert run(monkeypatch) == 0
    assert restored.backup() == after
