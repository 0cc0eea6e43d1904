"""The worker's writes about its lane hold, unless another worker has taken the lane over."""

from collections.abc import Callable

import pytest

from functions.effects.lane.lease import Leased
from functions.effects.lane.progress import FencedError, checkpoint, finish, give_up, release
from shared.inbox.lanes import LANES, Lane
from shared.inbox.outbox import OwedPublish, load
from shared.inbox.progress import Progress
from shared.tables.store import Store
from tests.consumer.examples import LEASE, NOW, announcement, mail, reminder
from tests.consumer.world import World
from tests.effects.owed_effects import owe

SENT = Progress(outcome="sent")
WAITS = Progress(attempts=1, not_before=NOW + 60, error="MailDeferred quota")
SET = Progress(outcome="set")


def give_up_for_a_reason(store: Store, leased: Leased, changed: dict[int, Progress]) -> None:
    give_up(store, leased, changed, "Permanent not_for_us")


def release_for_a_minute(store: Store, leased: Leased, changed: dict[int, Progress]) -> None:
    release(store, leased, changed, 60)


MARKS = [checkpoint, release_for_a_minute, give_up_for_a_reason, finish]
each_mark = pytest.mark.parametrize("mark", MARKS, ids=["checkpoint", "release", "give up", "finish"])
type Mark = Callable[[Store, Leased, dict[int, Progress]], None]


def other(lane: Lane) -> Lane:
    (beside,) = (one for one in LANES if one != lane)
    return beside


def test_a_checkpoint_writes_progress_and_keeps_the_lease(world: World) -> None:
    owe(world, mail("one"), mail("two"))
    leased = world.lease("mails")
    world.clock.now += 5
    checkpoint(world.store, leased, {0: SENT, 1: WAITS})
    inbox = world.inbox()
    assert inbox["progress"] == {
        "0": {"outcome": "sent"},
        "1": {"attempts": 1, "not_before": NOW + 60, "error": "MailDeferred quota"},
    }
    assert (inbox["mails_holder"]["lease_until"], inbox["mails_ms"]) == (NOW + LEASE, (NOW + 5) * 1000)


def test_a_second_mark_leaves_the_first_ones_entries_alone(world: World) -> None:
    owe(world, mail("one"), mail("two"))
    leased = world.lease("mails")
    checkpoint(world.store, leased, {0: SENT})
    checkpoint(world.store, leased, {1: WAITS})
    assert world.outcomes() == ["sent", None]


def test_a_release_lets_go_of_a_lane_that_still_owes(world: World) -> None:
    owe(world, mail())
    release(world.store, world.lease("mails"), {0: WAITS}, 60)
    inbox = world.inbox()
    assert (inbox["state"], inbox["mails_holder"]["lease_until"]) == ("committed", 0)
    assert inbox["mails_holder"]["not_before"] == NOW + 60  # reconciliation sees by it that no worker came
    assert "mails_owed" in inbox
    assert world.lease("mails").progress == {0: WAITS}


def test_giving_up_tells_why_and_when(world: World) -> None:
    owe(world, mail())
    give_up_for_a_reason(world.store, world.lease("mails"), {0: WAITS})
    inbox = world.inbox()
    assert (inbox["state"], inbox["error"]) == ("failed", "Permanent not_for_us")
    assert (inbox["mails_holder"]["failed_ms"], inbox["mails_holder"]["lease_until"]) == (NOW * 1000, 0)
    assert {"mails_owed", "unfinished"} <= inbox.keys()


def test_the_last_lane_to_finish_ends_the_event(world: World) -> None:
    owe(world, mail(), reminder())
    finish(world.store, world.lease("effects"), {0: SET})
    assert (world.inbox()["state"], "unfinished" in world.inbox()) == ("committed", True)
    world.clock.now += 5
    finish(world.store, world.lease("mails"), {1: SENT})
    inbox = world.inbox()
    assert (inbox["state"], inbox["done_ms"]) == ("done", (NOW + 5) * 1000)
    assert not {"unfinished", "effects_owed", "mails_owed", "effects_holder", "mails_holder"} & inbox.keys()
    assert world.outcomes() == ["set", "sent"]


@pytest.mark.parametrize("lane", LANES)
def test_a_lane_that_finishes_while_the_other_one_does_ends_the_event(world: World, lane: Lane) -> None:
    owe(world, mail(), reminder())
    ours, theirs = world.lease(lane), world.lease(other(lane))
    finish(world.store, theirs, {})
    finish(world.store, ours, {})
    assert world.inbox()["state"] == "done"


def test_the_other_lane_may_finish_in_the_very_moment(world: World) -> None:
    owe(world, mail(), reminder())
    ours, theirs = world.lease("mails"), world.lease("effects")
    world.faults.meanwhile("UpdateItem", lambda: finish(world.store, theirs, {0: SET}))
    finish(world.store, ours, {1: SENT})
    assert (world.inbox()["state"], world.outcomes()) == ("done", ["set", "sent"])


def test_the_other_lane_may_be_given_up_in_the_very_moment(world: World) -> None:
    owe(world, mail(), reminder())
    ours, theirs = world.lease("mails"), world.lease("effects")
    world.faults.meanwhile("UpdateItem", lambda: give_up(world.store, theirs, {}, "Permanent not_for_us"))
    finish(world.store, ours, {1: SENT})
    assert (world.inbox()["state"], world.inbox()["error"]) == ("failed", "Permanent not_for_us")


def test_the_other_lane_may_be_redriven_in_the_very_moment(world: World) -> None:
    owe(world, mail(), reminder())
    give_up(world.store, world.lease("effects"), {}, "Permanent not_for_us")
    ours = world.lease("mails")
    world.faults.meanwhile("UpdateItem", lambda: world.work("effects", sent=NOW + 1))
    finish(world.store, ours, {1: SENT})
    assert world.inbox()["state"] == "done"


def test_a_lane_that_finishes_beside_a_failed_one_leaves_the_event_failed(world: World) -> None:
    owe(world, mail(), reminder())
    give_up(world.store, world.lease("effects"), {}, "Permanent not_for_us")
    finish(world.store, world.lease("mails"), {1: SENT})
    assert world.inbox()["state"] == "failed"


def test_announcements_are_removed_when_their_lane_is_finished_not_by_the_mails(world: World) -> None:
    owe(world, announcement(), mail())
    mails = world.lease("mails")
    finish(world.store, world.lease("effects"), {0: Progress(outcome="published")})
    finish(world.store, mails, {1: SENT})  # it was leased with the announcements still in the outbox
    assert load(world.inbox()["outbox"])[0] == OwedPublish()


@each_mark
def test_a_worker_whose_lane_was_taken_over_writes_nothing(world: World, mark: Mark) -> None:
    owe(world, mail())
    late = world.lease("mails")
    world.clock.now += LEASE
    world.lease("mails")
    before = world.inbox()
    with pytest.raises(FencedError):
        mark(world.store, late, {0: SENT})
    assert world.inbox() == before


@pytest.mark.parametrize("mark", MARKS[:3], ids=["checkpoint", "release", "give up"])
def test_a_worker_whose_lane_another_one_has_finished_is_fenced(world: World, mark: Mark) -> None:
    owe(world, mail())
    late = world.lease("mails")
    world.clock.now += LEASE
    finish(world.store, world.lease("mails"), {0: SENT})
    with pytest.raises(FencedError):
        mark(world.store, late, {0: WAITS})
    assert world.outcomes() == ["sent"]


def test_finishing_a_lane_that_another_worker_has_finished_changes_nothing(world: World) -> None:
    owe(world, mail())
    late = world.lease("mails")
    world.clock.now += LEASE
    finish(world.store, world.lease("mails"), {0: SENT})
    before = world.inbox()
    finish(world.store, late, {0: Progress(outcome="overtaken")})
    assert world.inbox() == before


@each_mark
def test_a_mark_whose_answer_was_lost_stands(world: World, mark: Mark) -> None:
    owe(world, mail(), reminder())
    leased = world.lease("mails")
    world.faults.lose_answer("UpdateItem")
    mark(world.store, leased, {1: SENT})
    assert world.outcomes() == [None, "sent"]


@each_mark
def test_a_mark_about_an_event_that_was_forgotten_brings_nothing_back(world: World, mark: Mark) -> None:
    owe(world, mail())
    leased = world.lease("mails")
    world.store.client.delete_item(TableName=world.store.inbox, Key={"id": {"S": "evt_1"}})
    if mark is finish:
        mark(world.store, leased, {0: SENT})
    else:
        with pytest.raises(FencedError):
            mark(world.store, leased, {0: SENT})
    assert world.inbox() == {}
