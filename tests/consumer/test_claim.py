"""An event has one holder at a time, and its outcome is kept until its time to live."""

import pytest

from functions.consumer.commit.claim import claim_by_commit, claim_message
from functions.consumer.commit.claims import Claimed, ClaimResult, Committed, Duplicate, Exhausted, New
from functions.consumer.commit.commit import commit
from shared.decisions.decision import Decision
from shared.failures.backoff import ATTEMPTS
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere
from shared.values.times import DAY
from tests.consumer.examples import LEASE, NOW, mail, reminder
from tests.consumer.world import World


def ask(world: World, message_id: str = "message-1", ignore: str | None = None) -> ClaimResult:
    return claim_message(world.store, world.message(message_id), ignore)


def commit_mail(world: World, claimed: Claimed) -> None:
    commit(world.store, claimed, world.event(), "{}", Decision(then=(mail(),)))


def test_a_new_event_is_ours_under_a_lease(world: World) -> None:
    claimed = ask(world)
    assert isinstance(claimed, Claimed)
    assert (claimed.event_id, claimed.attempt, claimed.started_ms) == ("evt_1", 1, NOW * 1000)
    assert world.inbox() == {
        "id": "evt_1",
        "state": "claimed",
        "message_id": "message-1",
        "attempts": 1,
        "token": claimed.token,
        "lease_until": NOW + LEASE,
        "type": "invoice.payment_failed",
        "account": "acct_1",
        "customer": "cus_1",
        "livemode": True,
        "api_version": "2026-10-28.endive",
        "endpoint": "connect",
        "received_ms": (NOW - 5) * 1000,
        "started_ms": NOW * 1000,
        "entered": "20261118T11#1",
        "entered_ms": NOW * 1000,
        "expires_at": NOW + 90 * DAY,
    }


def test_what_somebody_holds_cannot_be_claimed_until_the_lease_lapses(world: World) -> None:
    world.claim()
    world.clock.now += LEASE - 1
    assert ask(world) == LeasedElsewhere(1)
    world.clock.now += 1
    assert world.claim().attempt == 2


def test_waiting_for_a_lease_uses_up_no_attempt(world: World) -> None:
    world.claim()
    for _ in range(20):
        assert isinstance(ask(world), LeasedElsewhere)
    world.clock.now += LEASE
    assert world.claim().attempt == 2


@pytest.mark.parametrize("state", ["done", "ignored"])
def test_what_is_finished_is_a_duplicate_whatever_message_brings_it(world: World, state: str) -> None:
    world.claim()
    world.write_inbox({"state": state})
    world.clock.now += LEASE
    assert ask(world, "message-1") == ask(world, "message-2") == Duplicate(state)


def test_what_is_to_be_ignored_is_recorded_so_in_the_same_write(world: World) -> None:
    assert ask(world, ignore="no handler for its type") == Duplicate("ignored", "no handler for its type")
    assert world.faults.calls == ["PutItem"]
    assert (world.inbox()["state"], world.inbox()["reason"]) == ("ignored", "no handler for its type")


def test_what_failed_waits_for_its_dead_letter_and_a_redrive_tries_it_again(world: World) -> None:
    world.claim()
    world.write_inbox({"state": "failed", "attempts": ATTEMPTS, "lease_until": 0})
    assert ask(world, "message-1") == AwaitingDeadLetter()
    assert world.claim("message-2").attempt == 1
    assert world.inbox()["message_id"] == "message-2"


def test_a_ninth_attempt_is_ours_for_recording_only(world: World) -> None:
    world.claim()
    world.write_inbox({"attempts": ATTEMPTS - 1, "lease_until": 0})
    assert world.claim().attempt == ATTEMPTS
    world.clock.now += LEASE
    exhausted = ask(world)
    assert isinstance(exhausted, Exhausted)
    assert exhausted.claim.token == world.inbox()["token"]


def test_what_is_committed_is_never_claimed_again_but_handed_over_again(world: World) -> None:
    commit_mail(world, world.claim())
    before = world.inbox()
    world.clock.now += LEASE
    assert ask(world) == ask(world, "message-2") == Committed(("mails",))
    assert world.inbox() == before


def test_what_is_committed_names_the_lanes_that_still_owe_something(world: World) -> None:
    commit(world.store, world.claim(), world.event(), "{}", Decision(then=(mail(), reminder())))
    assert ask(world) == Committed(("effects", "mails"))
    world.work("effects")
    assert ask(world) == Committed(("mails",))
    world.work("mails")
    assert ask(world) == Duplicate("done")


def test_an_event_that_ttl_should_have_deleted_is_new(world: World) -> None:
    commit_mail(world, world.claim())
    world.clock.now += 90 * DAY
    assert isinstance(ask(world, "message-2"), Committed)  # remembered up to its last second
    world.write_inbox({"expires_at": world.store.now() - 1})
    known = world.inbox()
    assert isinstance(claim_by_commit(world.store, world.message("message-3"), known), New)
    assert world.claim("message-3").attempt == 1
    assert "outbox" not in world.inbox()


def test_a_claim_whose_answer_was_lost_is_ours_all_the_same(world: World) -> None:
    world.faults.lose_answer("PutItem")
    assert world.claim().attempt == 1


def test_an_event_ignored_without_an_answer_is_ignored(world: World) -> None:
    world.faults.lose_answer("PutItem")
    assert ask(world, ignore="a thin event") == Duplicate("ignored", "a thin event")


def test_a_take_over_whose_answer_was_lost_is_ours_all_the_same(world: World) -> None:
    world.claim()
    world.clock.now += LEASE
    world.faults.lose_answer("UpdateItem")
    assert world.claim().attempt == 2


def test_of_two_that_take_over_at_once_one_has_it(world: World) -> None:
    world.claim()
    world.clock.now += LEASE
    world.faults.meanwhile("UpdateItem", world.claim)
    assert ask(world) == LeasedElsewhere(LEASE)
    assert world.inbox()["attempts"] == 2


def test_what_its_holder_commits_at_the_last_moment_is_not_decided_again(world: World) -> None:
    late = world.claim()
    world.clock.now += LEASE
    world.faults.meanwhile("UpdateItem", lambda: commit_mail(world, late))
    assert ask(world) == LeasedElsewhere(LEASE)
    assert ask(world) == Committed(("mails",))


def test_what_its_holder_finishes_at_the_last_moment_stays_done(world: World) -> None:
    late = world.claim()
    world.clock.now += LEASE
    world.faults.meanwhile("UpdateItem", lambda: commit(world.store, late, world.event(), "{}", Decision()))
    ask(world)
    assert world.inbox()["state"] == "done"
    assert ask(world) == Duplicate("done")
