"""A decision is saved whole or not at all, and a refused consumer learns the reason."""

import json
import random

import pytest
from botocore.exceptions import ClientError

from functions.consumer.commit.claims import Claimed
from functions.consumer.commit.commit import BusyError, FencedError, MailTakenError, StaleRecordError, commit
from shared.compression.packing import unpack
from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.effects.erasure import Erase
from shared.effects.observe import Observe
from shared.failures.kinds import failure_of
from shared.inbox.outbox import load, owed_for
from shared.inbox.unfinished import INDEX, SHARDS, shard_of
from shared.records.facets import merge
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice, PastRecord
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read
from shared.tables.tombstones import Tombstone, find_tombstone
from shared.values.times import DAY
from tests.consumer.examples import LEASE, NOW, announcement, mail, reminder
from tests.consumer.world import World
from tests.support.samples import sample

BODY = json.dumps({"id": "evt_1", "object": "event"})
ORGANIZATION = Organization(account="acct_1", subject="cus_1", reminders={"in_1": NOW})


def try_commit(world: World, claimed: Claimed, *save: Organization | PastRecord, then: tuple[Email, ...] = ()) -> None:
    commit(world.store, claimed, world.event(), BODY, Decision(save=save, then=then))


def take_over(world: World, event_id: str = "evt_1") -> None:
    world.clock.now += LEASE
    world.claim(event_id=event_id)


def test_records_mails_payload_and_what_is_owed_are_saved_together(world: World) -> None:
    decision = Decision(save=(ORGANIZATION,), then=(mail(), reminder()))
    owed = commit(world.store, world.claim(), world.event(), BODY, decision)
    assert world.faults.calls == ["PutItem", "TransactWriteItems"]
    assert owed == load(world.inbox()["outbox"]) == owed_for(decision.then)
    assert world.inbox()["state"] == "committed"
    books = world.books()
    assert books["organization"]["version"] == 1
    assert Organization.model_validate_json(unpack(books["organization"]["record"])) == ORGANIZATION
    assert Email.model_validate_json(books["mail#told"]["mail"]) == mail()
    assert books["mail#told"]["event"] == "evt_1"


def test_the_commit_releases_the_lease_and_leaves_the_item_to_the_worker(world: World) -> None:
    claimed = world.claim()
    world.clock.now += 1
    try_commit(world, claimed, then=(mail(),))
    inbox = world.inbox()
    assert (inbox["lease_until"], inbox["committed_ms"], inbox["progress"]) == (0, (NOW + 1) * 1000, {})
    assert world.lease("mails").token == world.inbox()["mails_holder"]["token"]


@pytest.mark.parametrize(
    ("then", "owed"),
    [
        ((reminder(),), {"effects_owed"}),
        ((mail(),), {"mails_owed"}),
        ((announcement(), mail()), {"effects_owed", "mails_owed"}),
        ((Observe(object="customer", account="acct_1", id="cus_1", event="evt_1"),), {"effects_owed"}),
    ],
    ids=["effects", "mails", "both", "observation"],
)
def test_each_lane_that_owes_something_is_marked(
    world: World, then: tuple[Email | Announcement | Observe, ...], owed: set[str]
) -> None:
    commit(world.store, world.claim(), world.event(), BODY, Decision(then=then))
    assert {name for name in world.inbox() if name.endswith("_owed")} == owed


def test_only_what_is_owed_stands_in_the_index_of_the_unfinished(world: World) -> None:
    try_commit(world, world.claim(), then=(mail(),))
    try_commit(world, world.claim(event_id="evt_2"))
    found = {
        item["id"]["S"]
        for shard in range(SHARDS)
        for item in world.store.client.query(
            TableName=world.store.inbox,
            IndexName=INDEX,
            KeyConditionExpression=f"{INDEX} = :shard",
            ExpressionAttributeValues={":shard": {"S": str(shard)}},
        )["Items"]
    }
    assert found == {"evt_1"}
    assert world.inbox()[INDEX] == shard_of("evt_1")


def test_the_payload_is_archived_in_its_customers_partition_until_the_inbox_forgets(world: World) -> None:
    try_commit(world, world.claim())
    (key, archived), *_ = world.books().items()
    assert key == f"event#00{NOW - 10}#evt_1#0"
    assert unpack(archived["payload"]) == BODY
    assert archived["expires_at"] == NOW + 90 * DAY


def test_a_payload_too_large_for_one_item_is_archived_in_parts(world: World) -> None:
    body = random.Random(1).randbytes(500_000).hex()  # noqa: S311 - what compresses badly, and always the same
    commit(world.store, world.claim(), world.event(), body, Decision())
    parts = [item["payload"] for _, item in sorted(world.books().items())]
    assert len(parts) == 2
    assert unpack(b"".join(parts)) == body


def test_an_event_that_owes_nothing_is_done_with_its_commit(world: World) -> None:
    claimed = world.claim()
    world.write_inbox({"error": "KeyError unexpected", "next_at": NOW})
    try_commit(world, claimed, ORGANIZATION)
    inbox = world.inbox()
    assert (inbox["state"], inbox["done_ms"]) == ("done", NOW * 1000)
    assert not {"outbox", "error", "next_at"} & inbox.keys()


def test_the_outbox_holds_no_address(world: World) -> None:
    try_commit(world, world.claim(), then=(mail(),))
    assert "ann" not in json.dumps(world.inbox()).lower()


def test_a_late_consumer_saves_nothing(world: World) -> None:
    late = world.claim()
    take_over(world)
    with pytest.raises(FencedError):
        try_commit(world, late, ORGANIZATION, then=(mail(),))
    assert world.inbox()["state"] == "claimed"
    assert world.books() == {}


def test_what_is_committed_cannot_be_committed_again(world: World) -> None:
    claimed = world.claim()
    try_commit(world, claimed, then=(mail("one"),))
    with pytest.raises(FencedError):
        try_commit(world, claimed, then=(mail("two"),))
    assert load(world.inbox()["outbox"]) == owed_for([mail("one")])


@pytest.mark.parametrize("version", [0, 2], ids=["thought new", "changed since"])
def test_a_record_that_changed_since_it_was_read_saves_nothing(world: World, version: int) -> None:
    try_commit(world, world.claim(), ORGANIZATION)
    later = world.claim(event_id="evt_2")
    with pytest.raises(StaleRecordError):
        try_commit(world, later, ORGANIZATION.model_copy(update={"version": version}), then=(mail(),))
    assert world.inbox("evt_2")["state"] == "claimed"
    assert "mail#told" not in world.books()


def test_a_record_of_a_later_life_counts_on_and_is_compared_with_what_was_saved(world: World) -> None:
    reborn = ORGANIZATION.model_copy(update={"versions_before": 7})
    try_commit(world, world.claim(), reborn)
    assert world.books()["organization"]["version"] == 8
    with pytest.raises(StaleRecordError):
        try_commit(world, world.claim(event_id="evt_2"), reborn)
    try_commit(world, world.claim(event_id="evt_3"), reborn.model_copy(update={"version": 1}))
    assert world.books()["organization"]["version"] == 9


def test_an_erasure_leaves_its_tombstone_in_place_of_the_record(world: World) -> None:
    try_commit(world, world.claim(), ORGANIZATION)
    erase = Erase(account="acct_1", customer="cus_1", as_of=NOW - 1, version=1)
    commit(
        world.store, world.claim(event_id="evt_2"), world.event("evt_2"), BODY, Decision(archive=False, then=(erase,))
    )
    assert "organization" not in world.books()
    assert find_tombstone(world.store, "acct_1", "cus_1") == Tombstone(as_of=NOW - 1, buried_ms=NOW * 1000, version=1)


def test_an_erasure_of_a_record_that_changed_since_it_was_read_saves_nothing(world: World) -> None:
    try_commit(world, world.claim(), ORGANIZATION)
    erase = Erase(account="acct_1", customer="cus_1", as_of=NOW, version=2)
    with pytest.raises(StaleRecordError):
        commit(world.store, world.claim(event_id="evt_2"), world.event("evt_2"), BODY, Decision(then=(erase,)))
    assert "organization" in world.books()
    assert find_tombstone(world.store, "acct_1", "cus_1") is None


def test_a_record_read_at_its_version_is_saved_as_the_next(world: World) -> None:
    try_commit(world, world.claim(), ORGANIZATION)
    try_commit(world, world.claim(event_id="evt_2"), ORGANIZATION.model_copy(update={"version": 1}))
    assert world.books()["organization"]["version"] == 2


def test_the_record_of_a_customer_who_came_back_counts_on_and_is_saved_again(world: World) -> None:
    back = ORGANIZATION.model_copy(update={"versions_before": 5})
    try_commit(world, world.claim(), back)
    try_commit(world, world.claim(event_id="evt_2"), back.model_copy(update={"version": 1}))
    assert world.books()["organization"]["version"] == 7
    with pytest.raises(StaleRecordError):
        try_commit(world, world.claim(event_id="evt_3"), back.model_copy(update={"version": 1}))


def test_what_is_first_heard_of_must_not_be_over_by_now(world: World) -> None:
    empty = ClosedInvoice(account="acct_1", subject="cus_1", invoice_id="in_1")
    try_commit(world, world.claim(), ORGANIZATION, empty)
    assert "invoice#in_1" not in world.books()
    paid = sample("invoice.paid")
    closed = empty.model_copy(update={"facet": merge(None, paid, read(Invoice, paid.object))})
    try_commit(world, world.claim(event_id="evt_2"), closed)
    with pytest.raises(StaleRecordError):
        try_commit(world, world.claim(event_id="evt_3"), ORGANIZATION.model_copy(update={"version": 1}), empty)
    assert world.books()["organization"]["version"] == 1


def test_mails_that_another_event_has_claimed_are_named_and_nothing_is_saved(world: World) -> None:
    try_commit(world, world.claim(), then=(mail("one"), mail("two")))
    with pytest.raises(MailTakenError) as taken:
        try_commit(world, world.claim(event_id="evt_2"), ORGANIZATION, then=(mail("two"), mail("three"), mail("one")))
    assert taken.value.keys == {"one", "two"}
    assert "organization" not in world.books()


def test_being_late_comes_before_a_stale_record_and_that_before_a_taken_mail(world: World) -> None:
    try_commit(world, world.claim(), ORGANIZATION, then=(mail(),))
    second = world.claim(event_id="evt_2")
    with pytest.raises(StaleRecordError):
        try_commit(world, second, ORGANIZATION, then=(mail(),))
    take_over(world, "evt_2")
    with pytest.raises(FencedError):
        try_commit(world, second, ORGANIZATION, then=(mail(),))


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_conflict_or_a_throttle_says_nothing_about_the_decision(world: World, reason: str) -> None:
    world.faults.cancel(["None", reason, "None"])
    with pytest.raises(BusyError):
        try_commit(world, world.claim(), ORGANIZATION)


@pytest.mark.parametrize("reason", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
def test_any_other_reason_is_told_as_aws_tells_it(world: World, reason: str) -> None:
    world.faults.cancel(["None", reason, "None"])
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        try_commit(world, world.claim(), ORGANIZATION)


def test_a_transaction_that_dynamodb_calls_invalid_saves_nothing(world: World) -> None:
    with pytest.raises(ClientError) as refused:  # the key is too long
        try_commit(world, world.claim(), ORGANIZATION, ORGANIZATION.model_copy(update={"subject": "cus_" * 1000}))
    assert failure_of(refused.value).kind == "bug"
    assert (world.inbox()["state"], world.books()) == ("claimed", {})
