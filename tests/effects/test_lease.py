"""One worker at a time holds a lane of an event, and no worker holds a lane that owes nothing."""

import pytest

from functions.effects.lane.attempt import Attempt
from functions.effects.lane.lease import Lease, Leased, NothingOwed, lease
from functions.effects.lane.progress import finish, give_up, release
from functions.effects.perform.perform import perform
from shared.inbox.lanes import LANES, Lane
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere
from shared.inbox.progress import Progress
from shared.inbox.unfinished import shard_of
from tests.consumer.examples import LEASE, NOW, announcement, mail, reminder
from tests.consumer.world import World
from tests.effects.older_version import owed_by_older_version
from tests.effects.owed_effects import owe, sent


def ask(world: World, lane: Lane = "mails", message_id: str = "another", sent_at: float = NOW) -> Lease:
    return lease(world.store, world.owed_message(lane, message_id=message_id, sent=sent_at))


def test_a_free_lane_is_leased_with_all_that_the_event_owes(world: World) -> None:
    owe(world, mail(), reminder())
    leased = ask(world)
    assert isinstance(leased, Leased)
    assert (leased.event_id, leased.account, leased.type) == ("evt_1", "acct_1", "invoice.payment_failed")
    assert (leased.lane, leased.committed_ms, leased.other) == ("mails", NOW * 1000, "owes")
    assert [owed.kind for owed in leased.outbox] == ["remind", "email"]
    assert [(place, owed.kind) for place, owed in leased.entries] == [(1, "email")]
    assert leased.progress == {0: Progress(), 1: Progress()}


def test_a_lease_says_who_has_the_lane_and_until_when(world: World) -> None:
    owe(world, mail())
    leased = world.lease("mails")
    holder = {"message_id": "mails of evt_1", "sent_ms": NOW * 1000, "lease_until": NOW + LEASE, "token": leased.token}
    assert world.inbox()["mails_holder"] == holder


def test_a_lane_that_another_worker_has_is_leased_elsewhere_until_its_lease_lapses(world: World) -> None:
    owe(world, mail())
    first = world.lease("mails")
    world.clock.now += LEASE - 1
    assert ask(world) == LeasedElsewhere(1)
    world.clock.now += 1
    second = ask(world)
    assert isinstance(second, Leased)
    assert second.token != first.token


def test_the_two_lanes_are_leased_side_by_side(world: World) -> None:
    owe(world, mail(), reminder())
    assert all(isinstance(ask(world, lane), Leased) for lane in LANES)


def test_a_lane_that_is_finished_owes_nothing_while_the_other_one_does(world: World) -> None:
    owe(world, mail(), reminder())
    world.work("mails")
    assert ask(world, "mails") == NothingOwed()
    other = ask(world, "effects")
    assert isinstance(other, Leased)
    assert other.other == "owes nothing"


def test_a_lane_without_an_entry_owes_nothing(world: World) -> None:
    owe(world, mail())
    assert ask(world, "effects") == NothingOwed()


def test_an_event_that_the_inbox_has_forgotten_owes_nothing_and_stays_forgotten(world: World) -> None:
    assert ask(world) == NothingOwed()
    assert world.inbox() == {}


def test_an_event_that_is_not_committed_owes_nothing(world: World) -> None:
    world.claim()
    before = world.inbox()
    assert ask(world) == NothingOwed()
    assert world.inbox() == before


def test_a_lane_that_was_given_up_awaits_its_dead_letter_until_a_later_message(world: World) -> None:
    owe(world, mail())
    world.clock.now += 10
    give_up(world.store, world.lease("mails"), {}, "Permanent not_for_us")
    assert ask(world) == AwaitingDeadLetter()
    assert ask(world, sent_at=NOW + 10) == AwaitingDeadLetter()
    assert isinstance(ask(world, sent_at=NOW + 10.001), Leased)


def test_the_other_lane_is_known_to_have_failed_until_it_is_redriven(world: World) -> None:
    owe(world, mail(), reminder())
    give_up(world.store, world.lease("effects"), {}, "Permanent not_for_us")
    first = ask(world, "mails")
    assert isinstance(first, Leased)
    assert first.other == "failed"
    release(world.store, first, {}, 60)
    assert isinstance(ask(world, "effects", sent_at=NOW + 1), Leased)
    second = ask(world, "mails")
    assert isinstance(second, Leased)
    assert second.other == "owes"


def test_a_lease_whose_answer_was_lost_is_ours_all_the_same(world: World) -> None:
    owe(world, mail())
    world.faults.lose_answer("UpdateItem")
    assert isinstance(ask(world), Leased)
    assert world.faults.calls == ["UpdateItem"]


def test_of_two_that_ask_at_once_one_has_the_lane(world: World) -> None:
    owe(world, mail())
    world.faults.meanwhile("UpdateItem", lambda: ask(world, message_id="faster"))
    assert ask(world) == LeasedElsewhere(LEASE)
    assert world.inbox()["mails_holder"]["message_id"] == "faster"


@pytest.mark.parametrize("state", ["committed", "failed"])
def test_what_the_version_before_left_owed_is_performed_once(world: World, state: str) -> None:
    effects = (mail("one"), mail("two"), reminder(), announcement())
    owed_by_older_version(world, *effects, outcomes=("set", None, "sent", None), state=state)
    assert [result.state for result in (world.work("mails"), world.work("effects"))] == ["performed", "performed"]
    assert (sent(world), world.services.reminders) == (["two"], [])
    assert world.services.announcements == [announcement()]
    assert world.outcomes() == ["set", "published", "sent", "sent"]
    assert world.inbox()["state"] == "done"


def test_an_adopted_event_is_found_among_the_unfinished(world: World) -> None:
    owed_by_older_version(world, mail(), reminder(), outcomes=(None, None))
    world.lease("mails")
    inbox = world.inbox()
    assert (inbox["unfinished"], inbox["committed_ms"]) == (shard_of("evt_1"), NOW * 1000)
    assert {"effects_owed", "mails_owed"} <= inbox.keys()


def test_only_the_lanes_that_still_owe_are_adopted(world: World) -> None:
    owed_by_older_version(world, mail(), reminder(), outcomes=("set", None))
    assert ask(world, "effects") == NothingOwed()
    assert isinstance(ask(world, "mails"), Leased)


def test_an_event_that_a_consumer_of_the_version_before_holds_is_leased_elsewhere(world: World) -> None:
    owed_by_older_version(world, mail(), outcomes=(None,), lease_until=NOW + 20)
    before = world.inbox()
    assert ask(world) == LeasedElsewhere(20)
    assert world.inbox() == before
    world.clock.now += 20
    assert isinstance(ask(world), Leased)
    assert world.inbox()["token"] != before["token"]  # which fences that consumer off


@pytest.mark.parametrize("state", ["done", "committed"])
def test_an_event_whose_effects_the_version_before_has_all_performed_owes_nothing(world: World, state: str) -> None:
    owed_by_older_version(world, mail(), outcomes=("sent",), state=state)
    before = world.inbox()
    assert ask(world) == NothingOwed()
    assert world.inbox() == before


def test_a_consumer_of_the_version_before_that_finishes_in_between_keeps_the_event(world: World) -> None:
    owed_by_older_version(world, mail(), outcomes=(None,))
    world.faults.meanwhile("UpdateItem", lambda: None)
    world.faults.meanwhile("UpdateItem", lambda: world.write_inbox({"state": "done"}))
    assert ask(world) == LeasedElsewhere(1)
    assert "progress" not in world.inbox()


def test_an_adoption_whose_answer_was_lost_stands(world: World) -> None:
    owed_by_older_version(world, mail(), outcomes=(None,))
    world.faults.meanwhile("UpdateItem", lambda: None)
    world.faults.meanwhile("UpdateItem", lambda: world.faults.lose_answer("UpdateItem"))
    assert ask(world) == LeasedElsewhere(1)
    assert isinstance(ask(world), Leased)


def test_effects_that_the_version_before_performed_are_not_performed_again(world: World) -> None:
    owe(world, mail())
    outbox = world.inbox()["outbox"].replace('"kind":"email"', '"kind":"email","outcome":"sent"')
    world.write_inbox({"outbox": outbox, "state": "done"})
    leased = world.lease("mails")
    perform(Attempt(world.worker, leased, NOW * 1000, NOW))
    assert sent(world) == []
    assert "mails_owed" not in world.inbox()


def test_a_lane_is_free_as_soon_as_it_is_released(world: World) -> None:
    owe(world, mail())
    release(world.store, world.lease("mails"), {}, 60)
    assert isinstance(ask(world), Leased)


def test_a_finished_lane_cannot_be_leased_by_a_message_sent_later(world: World) -> None:
    owe(world, mail())
    finish(world.store, world.lease("mails"), {})
    assert ask(world, sent_at=NOW + 1000) == NothingOwed()
