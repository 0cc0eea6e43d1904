"""A cancelled commit is handled by its reason; contention never counts as an attempt."""

import pytest

from functions.consumer.commit.decide_and_commit import PAUSE, TRIES
from shared.decisions.decision import Decision
from shared.failures.backoff import ATTEMPTS, BUG
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.tables.attributes import to_item
from tests.consumer.examples import PARTITION, mail, only_save, reminder, tell_and_remind
from tests.consumer.world import World

INBOX_RECORD_MAIL_ARCHIVE = 4
CONFLICT = ["TransactionConflict"] * INBOX_RECORD_MAIL_ARCHIVE
THROTTLED = ["None", "ThrottlingError", "None", "None"]


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def count_decisions(world: World) -> list[int]:
    """The version of the record that each decision was made on, as they are made."""
    versions: list[int] = []

    def decide(event: Event, books: Books) -> Decision:
        versions.append(books.read(Organization, "acct_1", "cus_1").version)
        return tell_and_remind(event, books)

    world.decide = decide
    return versions


def somebody_writes(world: World, times: int) -> None:
    """Another event of the same customer is committed just before each of the next commits."""
    world.decide, decide = only_save, world.decide
    world.consume(event_id="evt_other")
    world.decide = decide

    def write() -> None:
        world.store.client.update_item(
            TableName=world.store.books,
            Key=to_item({"pk": PARTITION, "sk": "organization"}),
            UpdateExpression="ADD version :one",
            ExpressionAttributeValues=to_item({":one": 1}),
        )

    for _ in range(times):
        world.faults.meanwhile("TransactWriteItems", write)


@pytest.mark.parametrize("reasons", [CONFLICT, THROTTLED], ids=["conflict", "throttling"])
def test_a_conflict_or_a_throttle_is_tried_three_times_more_in_process(world: World, reasons: list[str]) -> None:
    world.faults.cancel(reasons, times=TRIES)
    assert world.consume().state == "committed"
    assert world.inbox()["attempts"] == 1


def test_before_each_new_try_in_process_it_waits_up_to_twice_as_long(world: World) -> None:
    world.faults.cancel(CONFLICT, times=TRIES)
    world.consume()
    assert world.slept == [2 * PAUSE, 4 * PAUSE, 8 * PAUSE]


@pytest.mark.parametrize("reasons", [CONFLICT, THROTTLED], ids=["conflict", "throttling"])
def test_lasting_contention_waits_longer_each_time_and_counts_no_attempt(world: World, reasons: list[str]) -> None:
    waits = []
    for _ in range(ATTEMPTS + 2):
        world.faults.cancel(reasons, times=TRIES + 1)
        verdict = world.consume()
        assert (verdict.state, verdict.attempt) == ("retry", 1)
        waits.append(verdict.wait or 0)
        world.clock.now += waits[-1]
    assert waits == [4, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    assert world.inbox()["error"] == "Contended transaction_conflict"
    assert world.consume().attempt == 1


def test_a_record_that_changed_is_read_again_and_decided_again(world: World) -> None:
    versions = count_decisions(world)
    somebody_writes(world, times=1)
    assert world.consume().state == "committed"
    assert versions == [1, 2]
    assert world.books()["organization"]["version"] == 3
    world.work_all()
    assert world.services.mails == [mail()]


def test_a_record_that_keeps_changing_counts_no_attempt(world: World) -> None:
    versions = count_decisions(world)
    somebody_writes(world, times=TRIES + 1)
    verdict = world.consume()
    assert (verdict.state, verdict.wait, str(verdict.failure)) == ("retry", 4, "Contended stale_record")
    assert versions == [1, 2, 3, 4]
    assert world.inbox()["attempts"] == 0
    assert world.consume().attempt == 1


def test_a_mail_that_is_on_its_way_already_is_dropped_and_the_rest_stands(world: World) -> None:
    world.decide = lambda _event, _books: Decision(then=(mail("one"),))
    world.consume(event_id="evt_1")
    world.decide = lambda _event, _books: Decision(then=(mail("one"), mail("two"), reminder()))
    assert world.consume("message-2", event_id="evt_2").state == "committed"
    world.work_all()
    assert [sent.key for sent in world.services.mails] == ["one", "two"]
    assert world.services.reminders == [reminder()]


def test_an_event_whose_only_mail_is_dropped_is_done_at_once(world: World) -> None:
    world.decide = lambda _event, _books: Decision(then=(mail(),))
    world.consume(event_id="evt_1")
    world.consume("message-2", event_id="evt_2")
    assert world.inbox("evt_2")["state"] == "done"
    world.work_all()
    assert world.services.mails == [mail()]


@pytest.mark.parametrize("reason", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
def test_a_commit_that_dynamodb_calls_invalid_is_a_bug(world: World, reason: str) -> None:
    world.faults.cancel(["None", reason, "None", "None"])
    verdict = world.consume()
    assert (verdict.state, verdict.wait, verdict.attempt) == ("retry", BUG[0], 1)
    assert world.inbox()["attempts"] == 1
    cancelled = f"TransactionCanceledException TransactionCanceledException.{reason}"
    assert world.inbox()["error"] == f"{cancelled} at TransactWriteItems"
