"""The consumer decides on a message and hands it over once, with few calls, and survives a crash at any stage."""

from itertools import product

import pytest

from functions.consumer.consume import Outcome
from shared.values.times import DAY
from tests.consumer.examples import LEASE, mail, only_save, reminder
from tests.consumer.faults import Crash
from tests.consumer.world import World

BY_ONE_MESSAGE = [("effects", "evt_1", "acct_1")]


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def test_an_event_is_committed_and_handed_over_and_its_message_goes(world: World) -> None:
    assert world.consume() == Outcome("committed", attempt=1)
    assert "organization" in world.books()
    assert world.queues.sent == BY_ONE_MESSAGE
    assert (world.services.mails, world.services.reminders) == ([], [])


def test_what_is_handed_over_has_its_consequences(world: World) -> None:
    world.consume()
    world.work_all()
    assert (world.services.mails, world.services.reminders) == ([mail()], [reminder()])
    assert world.inbox()["state"] == "done"


def test_an_event_that_owes_nothing_is_done_and_nobody_is_told(world: World) -> None:
    world.decide = only_save
    assert world.consume() == Outcome("done", attempt=1)
    assert (world.inbox()["state"], world.queues.sent) == ("done", [])


def know_the_customer(world: World) -> None:
    """By an earlier event, which changed the books only."""
    world.decide, decide = only_save, world.decide
    world.consume("message-0", event_id="evt_0")
    world.decide = decide
    world.faults.calls.clear()


@pytest.mark.parametrize("owes", [True, False], ids=["a mail and a reminder", "nothing"])
def test_an_event_costs_one_look_and_one_commit(world: World, *, owes: bool) -> None:
    know_the_customer(world)
    if not owes:
        world.decide = only_save
    assert world.consume().state == ("committed" if owes else "done")
    assert world.faults.calls == ["BatchGetItem", "TransactWriteItems"]


def test_the_first_event_of_a_customer_also_asks_whether_it_was_erased(world: World) -> None:
    world.decide = only_save
    world.consume()
    assert world.faults.calls == ["BatchGetItem", "GetItem", "TransactWriteItems"]


def test_an_event_that_its_commit_claims_looks_like_one_claimed_beforehand(world: World) -> None:
    world.redelivers("message-1")
    for number in "12":
        world.consume(f"message-{number}", f"evt_{number}")
    before, by_commit = world.inbox("evt_1"), world.inbox("evt_2")
    for item in (before, by_commit):
        assert item.pop("token")
        assert item.pop("unfinished")
        assert item.pop("entered")
    outbox = before.pop("outbox"), by_commit.pop("outbox")
    assert all(outbox)
    # The second event's mail is on its way already, by the first.
    assert before.pop("mails_owed")
    assert before | {"id": "evt_2", "message_id": "message-2"} == by_commit


def test_a_message_that_was_handed_out_before_is_claimed_before_it_is_decided_on(world: World) -> None:
    know_the_customer(world)
    world.redelivers()
    assert world.consume().state == "committed"
    assert world.faults.calls == ["PutItem", "GetItem", "TransactWriteItems"]


def test_a_duplicate_costs_one_and_has_no_consequence(world: World) -> None:
    world.consume()
    world.work_all()
    world.faults.calls.clear()
    assert world.consume("message-2") == Outcome("duplicate")
    assert world.faults.calls == ["BatchGetItem"]
    assert world.queues.sent == []


def test_of_two_that_decide_at_once_one_commits_and_the_other_finds_it_committed(world: World) -> None:
    world.faults.meanwhile("TransactWriteItems", lambda: world.consume("message-2"))
    assert world.consume() == Outcome("handed over")
    world.work_all()
    assert (world.services.mails, world.services.reminders) == ([mail()], [reminder()])
    assert world.books()["organization"]["version"] == 1


def test_of_two_that_decide_at_once_the_other_finds_done_what_owes_nothing(world: World) -> None:
    world.decide = only_save
    world.faults.meanwhile("TransactWriteItems", lambda: world.consume("message-2"))
    assert world.consume() == Outcome("duplicate")
    assert world.books()["organization"]["version"] == 1


def test_what_another_claims_meanwhile_is_left_to_it(world: World) -> None:
    world.faults.meanwhile("TransactWriteItems", lambda: world.claim("message-2"))
    assert world.consume() == Outcome("leased elsewhere", LEASE + 1)
    assert (world.books(), world.queues.sent) == ({}, [])


@pytest.mark.parametrize("unread", ["inbox", "books"])
def test_a_look_that_is_not_answered_whole_is_as_none(world: World, unread: str) -> None:
    know_the_customer(world)
    table = getattr(world.store, unread)
    world.faults.answer("BatchGetItem", {"Responses": {}, "UnprocessedKeys": {table: {"Keys": []}}})
    assert world.consume().state == "committed"
    assert world.faults.calls[1:3] == ["PutItem", "GetItem"]
    assert world.books()["organization"]["version"] == 2


def test_an_event_that_ttl_should_have_deleted_is_committed_anew(world: World) -> None:
    world.consume()
    world.clock.now += 90 * DAY + 1
    world.decide = only_save
    assert world.consume("message-2").state == "done"
    assert world.inbox()["message_id"] == "message-2"


def test_an_ignored_event_costs_one_and_stays_ignored(world: World) -> None:
    world.ignore = "no handler for its type"
    assert world.consume() == world.consume("message-2") == Outcome("ignored", reason="no handler for its type")
    assert world.faults.calls == ["PutItem", "PutItem"]
    assert world.books() == {}


def test_two_events_for_one_change_send_one_mail(world: World) -> None:
    world.consume(event_id="evt_1")
    assert world.consume("message-2", event_id="evt_2").state == "committed"
    world.work_all()
    assert world.services.mails == [mail()]
    assert len(world.services.reminders) == 2


def test_what_somebody_holds_comes_back_just_after_the_lease(world: World) -> None:
    world.claim()
    assert world.consume() == Outcome("leased elsewhere", LEASE + 1)


STAGES = ["GetItem", "TransactWriteItems"]


@pytest.mark.parametrize(
    ("delivery", "stage"), [*product(["first"], ["BatchGetItem", *STAGES]), *product(["second"], ["PutItem", *STAGES])]
)
@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
def test_a_crash_at_any_stage_loses_nothing_and_repeats_nothing(
    world: World, delivery: str, stage: str, *, applied: bool
) -> None:
    if delivery == "second":
        world.redelivers()
    (world.faults.crash_after if applied else world.faults.crash_before)(stage)
    with pytest.raises(Crash):
        world.consume()
    world.clock.now += LEASE
    assert world.consume().state in {"committed", "handed over"}
    world.work_all()
    assert world.inbox()["state"] == "done"
    assert world.books()["organization"]["version"] == 1
    assert (world.services.mails, world.services.reminders) == ([mail()], [reminder()])


def test_a_crash_before_the_claim_uses_up_no_attempt(world: World) -> None:
    for call in ("BatchGetItem", "PutItem"):
        world.faults.crash_before(call)
        with pytest.raises(Crash):
            world.consume()
    assert world.consume().attempt == 1


@pytest.mark.parametrize("first", [True, False], ids=["first delivery", "later"])
@pytest.mark.parametrize("stage", ["PutItem", "TransactWriteItems"])
def test_a_lost_answer_is_no_failure(world: World, stage: str, *, first: bool) -> None:
    world.faults.lose_answer(stage)
    if not first:
        world.redelivers()
    verdict = world.consume()
    if verdict.state == "fenced":  # moto does not know a transaction that is sent again
        world.clock.now += LEASE
        verdict = world.consume()
    assert verdict.state in {"committed", "handed over"}
    world.work_all()
    assert world.services.mails == [mail()]


def test_a_consumer_that_wakes_up_late_stops_and_leaves_the_event_to_its_new_holder(world: World) -> None:
    def somebody_takes_over() -> None:
        world.clock.now += LEASE
        world.claim()

    world.redelivers()
    world.faults.meanwhile("TransactWriteItems", somebody_takes_over)
    assert world.consume() == Outcome("fenced", LEASE, attempt=1)
    assert (world.books(), world.queues.sent) == ({}, [])
