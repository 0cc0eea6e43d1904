"""A customer who leaves takes everything along in one file, and leaves nothing behind that tells who it was."""

import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.consumer.commit import commit
from functions.effects.eraser import eraser
from functions.effects.exporter import exporter
from shared.accounts import ConnectedAccount, PayoutRecord
from shared.books import Books
from shared.decision import Decision
from shared.effects import Erase, Export
from shared.errors import Permanent, Retryable
from shared.event import Event
from shared.payments import Payment
from shared.pointer import Holding, Pointer
from shared.policy import Policy
from shared.records import Organization
from shared.tables.attributes import from_item
from shared.tables.books import DynamoBooks
from shared.tokens import export_key, link_maker, tokens
from tests.consumer.faults import Crash
from tests.consumer.world import NOW, PARTITION, World, mail, stripe_event, token

EXPORT = Export(account="acct_1", customer="cus_1")
ERASE = Erase(account="acct_1", customer="cus_1", as_of=NOW)


@dataclass
class Bucket:
    """As much of S3 as is used."""

    files: dict[str, bytes] = field(default_factory=dict)

    def put_object(self, **kwargs: Any) -> None:  # noqa: ANN401 - boto3's own signature
        self.files[kwargs["Key"]] = kwargs["Body"]

    def delete_object(self, **kwargs: Any) -> None:  # noqa: ANN401 - likewise
        self.files.pop(kwargs["Key"], None)


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


def live(world: World, mails: int = 1) -> None:
    """A customer with a record, some mails, a payment under its own id, and an archived payload."""
    world.claim()
    organization = Organization(account="acct_1", subject="cus_1", reminders={"in_1": NOW})
    pointer = Pointer(account="acct_1", subject="cus_1", payment="pi_1")
    payment = Payment(account="acct_1", subject="pi_1", customer="cus_1")
    decision = Decision(
        save=(organization, pointer, payment), then=tuple(mail(f"mail {number}") for number in range(mails))
    )
    commit(
        world.store, world.claim(event_id="evt_2"), world.event("evt_2"), json.dumps(stripe_event("evt_2")), decision
    )


def erase(world: World, bucket: Bucket) -> str:
    return eraser(world.store, bucket, "exports", token)(ERASE)  # type: ignore[arg-type] # a bucket is enough


def export(world: World, bucket: Bucket) -> dict[str, Any]:
    assert exporter(world.store, bucket, "exports", token)(EXPORT) == "written"  # type: ignore[arg-type] # likewise
    exported: dict[str, Any] = json.loads(bucket.files[export_key(token, PARTITION)])
    return exported


def everything(world: World) -> str:
    return str([from_item(item) for item in world.store.client.scan(TableName=world.store.books)["Items"]])


def test_the_export_holds_everything_about_the_customer(world: World, bucket: Bucket) -> None:
    live(world)
    exported = export(world, bucket)
    assert exported["customer"] == "cus_1"
    assert set(exported["records"]) == {"organization", "payment#pi_1", "acct_1#pi_1/payment"}
    assert [one["to"] for one in exported["mails"]] == ["ann@example.com"]
    assert exported["events"] == [stripe_event("evt_2")]


def test_the_file_is_found_by_the_link_and_not_by_the_customers_id(world: World, bucket: Bucket) -> None:
    live(world)
    export(world, bucket)
    (key,) = bucket.files
    assert "cus_1" not in key
    assert link_maker("https://billhook.example/exports/", token)(PARTITION).endswith(token("export", PARTITION))


def test_nothing_is_left_of_an_erased_customer_but_that_it_was_erased(world: World, bucket: Bucket) -> None:
    live(world, mails=30)
    export(world, bucket)
    assert erase(world, bucket) == "erased 34"
    assert bucket.files == {}
    left = everything(world)
    assert "tombstone" in left
    assert not [secret for secret in ("ann@example.com", "in_1", "pi_1") if secret in left]
    organization = DynamoBooks(world.store, Policy(), token).organization("acct_1", "cus_1")
    assert (organization.version, organization.erased_at) == (0, NOW)


def test_all_of_a_connected_account_is_erased_when_it_has_left(world: World, bucket: Bucket) -> None:
    live(world)
    account = ConnectedAccount(account="acct_1", subject="acct_1")
    holdings = tuple(Holding(account="acct_1", subject="acct_1", held=held) for held in ("cus_1", "pi_1", "po_1"))
    payout = PayoutRecord(account="acct_1", subject="po_1")
    commit(
        world.store,
        world.claim(event_id="evt_3"),
        world.event("evt_3"),
        "{}",
        Decision(save=(account, *holdings, payout)),
    )
    export(world, bucket)

    left = Erase(account="acct_1", customer="acct_1", as_of=NOW)
    eraser(world.store, bucket, "exports", token)(left)  # type: ignore[arg-type] # a bucket is enough

    parts = [world.books(f"acct_1#{subject}") for subject in ("acct_1", "cus_1", "pi_1", "po_1")]
    assert (parts, bucket.files) == ([{}, {}, {}, {}], {})


def test_two_new_records_of_one_partition_have_one_holding(world: World) -> None:
    holding = Holding(account="acct_1", subject="acct_1", held="cus_1")
    for event_id in ("evt_4", "evt_5"):
        commit(world.store, world.claim(event_id=event_id), world.event(event_id), "{}", Decision(save=(holding,)))
    assert list(world.books("acct_1#acct_1")) == ["holds#cus_1"]


def test_an_erasure_that_crashes_has_already_shut_the_door_behind_it(world: World, bucket: Bucket) -> None:
    live(world)
    world.faults.crash_before("BatchWriteItem")
    with pytest.raises(Crash):
        erase(world, bucket)
    assert DynamoBooks(world.store, Policy(), token).erased_at("acct_1", "cus_1") == NOW
    erase(world, bucket)
    assert world.books() == {}


def test_an_event_that_fails_does_not_bring_an_erased_customer_back(world: World, bucket: Bucket) -> None:
    def fail(_event: Event, _books: Books) -> Decision:
        raise Permanent("not_for_us")

    live(world)
    erase(world, bucket)
    world.decide = fail

    assert world.consume("message-9", "evt_9").state == "failed"
    assert world.books() == {}


def test_erasing_twice_does_no_more_than_once(world: World, bucket: Bucket) -> None:
    live(world)
    erase(world, bucket)
    assert erase(world, bucket) == "erased 0"
    assert world.books() == {}


def test_what_dynamodb_did_not_get_to_is_erased_by_the_next_try(world: World, bucket: Bucket) -> None:
    live(world)
    world.faults.answer("BatchWriteItem", {"UnprocessedItems": {world.store.books: [{}]}})
    with pytest.raises(Retryable, match="UnprocessedItems"):
        erase(world, bucket)
    erase(world, bucket)
    assert world.books() == {}


def test_a_token_is_ours_alone_and_its_key_is_fetched_once() -> None:
    fetched = io.StringIO()

    class Secrets:
        def get_secret_value(self, **kwargs: str) -> dict[str, str]:
            fetched.write(kwargs["SecretId"])
            return {"SecretString": "a key of this stack's own"}

    ours = tokens(Secrets(), "token-key")  # type: ignore[arg-type] # it asks for no more
    made = {ours("export", PARTITION), ours("tombstone", PARTITION), ours("export", "acct_1#cus_2")}
    assert {len(one) for one in made} == {43}
    assert len(made) == 3
    assert fetched.getvalue() == "token-key"
