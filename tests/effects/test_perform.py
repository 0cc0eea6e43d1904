"""Owed effects are performed once, and their outcomes are recorded, even if the worker crashes in between."""

import pytest

from functions.effects.lane.attempt import Attempt, Result
from functions.effects.lane.progress import FencedError
from functions.effects.perform.perform import MOST_ROUNDS, perform
from functions.effects.worker import Done, Partial
from shared.effects.email import Email
from shared.inbox.outbox import OwedPublish, load
from shared.values.keys import partition
from shared.values.platform import PLATFORM
from tests.consumer.examples import LEASE, NOW, announcement, mail, reminder
from tests.consumer.faults import Crash
from tests.consumer.world import World
from tests.effects.owed_effects import UNREACHABLE, Fails, erasing, known, owe, sent


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def test_an_event_whose_effects_are_performed_is_done(world: World) -> None:
    owe(world, mail(), reminder())
    assert [result.state for result in world.work_all()] == ["performed", "performed"]
    assert (world.services.mails, world.services.reminders) == ([mail()], [reminder()])
    inbox = world.inbox()
    assert (inbox["state"], inbox["done_ms"]) == ("done", NOW * 1000)
    assert world.outcomes() == ["set", "sent"]


def test_a_finished_event_keeps_no_holder_and_leaves_the_index(world: World) -> None:
    owe(world, mail(), reminder())
    assert "unfinished" in world.inbox()
    world.work_all()
    of_work = {f"{lane}_{what}" for lane in ("effects", "mails") for what in ("owed", "holder")}
    assert not (of_work | {"unfinished", "error"}) & world.inbox().keys()


def test_an_event_is_done_when_its_last_lane_is(world: World) -> None:
    owe(world, mail(), reminder())
    world.work("mails")
    assert world.inbox()["state"] == "committed"
    world.work("effects")
    assert world.inbox()["state"] == "done"


def test_a_lane_costs_its_lease_and_one_write(world: World) -> None:
    owe(world, reminder(), announcement())
    world.work("effects")
    assert [call for call in world.faults.calls if call != "GetItem"] == ["UpdateItem", "UpdateItem"]


def test_a_failed_reminder_holds_up_neither_announcement_nor_mail(world: World) -> None:
    world.services.reminder_errors = [UNREACHABLE]
    owe(world, mail(), reminder(), announcement())
    assert [result.state for result in world.work_all()] == ["waits", "performed"]
    assert world.outcomes() == [None, "published", "sent"]


def test_a_failed_mail_holds_up_no_other_mail(world: World) -> None:
    world.services.mail_errors = [UNREACHABLE]
    owe(world, mail("one"), mail("two"))
    assert world.work("mails").state == "waits"
    assert (sent(world), world.outcomes()) == (["two"], [None, "sent"])


def test_what_was_performed_beside_a_failure_is_not_performed_again(world: World) -> None:
    world.services.reminder_errors = [UNREACHABLE]
    owe(world, reminder(), announcement())
    world.clock.now += world.work("effects").wait or 0
    world.work("effects")
    assert (world.services.reminders, world.services.announcements) == ([reminder()], [announcement()])
    assert world.inbox()["state"] == "done"


def test_a_mail_is_marked_before_the_next_begins_and_not_sent_again(world: World) -> None:
    world.services.mail_errors = [None, Crash()]
    owe(world, mail("one"), mail("two"))
    with pytest.raises(Crash):
        world.work("mails")
    assert world.outcomes() == ["sent", None]
    world.clock.now += LEASE
    world.work("mails")
    assert (sent(world), world.inbox()["state"]) == (["one", "two"], "done")


def test_what_is_safe_to_repeat_is_repeated_after_a_crash(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services, "publish", Fails(world.services.publish, [Crash()]))
    owe(world, reminder(), announcement())
    with pytest.raises(Crash):
        world.work("effects")
    world.clock.now += LEASE
    world.work("effects")
    assert world.services.reminders == [reminder(), reminder()]
    assert world.outcomes() == ["set", "published"]


@pytest.mark.parametrize(("undeliverable", "outcome"), [(mail(expires=NOW), "too late"), (mail(to=None), "no address")])
def test_a_mail_that_cannot_be_sent_is_recorded_and_the_event_is_done(
    world: World, undeliverable: Email, outcome: str
) -> None:
    owe(world, undeliverable)
    world.work("mails")
    assert (sent(world), world.outcomes(), world.inbox()["state"]) == ([], [outcome], "done")


def test_a_mail_whose_words_were_erased_is_not_sent(world: World) -> None:
    owe(world, mail())
    world.erase("mail#told")
    world.work("mails")
    assert (sent(world), world.outcomes()) == ([], ["erased"])


def test_a_mail_is_asked_whether_it_holds_even_a_moment_after_its_commit(world: World) -> None:
    owe(world, mail("welcome:sub_1").model_copy(update={"template": "welcome"}))
    world.work("mails")
    assert (sent(world), world.outcomes()) == ([], ["overtaken"])


def test_a_mail_to_the_operator_finds_its_address_when_it_is_sent(world: World) -> None:
    platform = partition(PLATFORM, "cus_1")
    changes = {"partition": platform, "audience": "operator", "template": "dispute_closed"}
    notice = mail(to=None).model_copy(update=changes)
    owe(world, notice)
    world.work("mails")
    assert world.services.mails == [notice]


def test_a_late_worker_cannot_finish_a_lane(world: World) -> None:
    owe(world, reminder())
    late = world.lease("effects")
    world.clock.now += LEASE
    world.lease("effects")
    with pytest.raises(FencedError):
        perform(Attempt(world.worker, late, NOW * 1000, world.clock.now))
    assert (world.inbox()["state"], world.outcomes()) == ("committed", [None])


def test_a_late_worker_stops_after_its_first_mail(world: World) -> None:
    owe(world, mail("one"), mail("two"))
    late = world.lease("mails")
    world.clock.now += LEASE
    world.lease("mails")
    with pytest.raises(FencedError):
        perform(Attempt(world.worker, late, NOW * 1000, world.clock.now))
    assert sent(world) == ["one"]


def test_all_announcements_are_made_together_and_forgotten_once_they_are_made(world: World) -> None:
    owe(world, announcement("evt_1:one"), announcement("evt_1:two"))
    world.work("effects")
    assert world.services.announcements == [announcement("evt_1:one"), announcement("evt_1:two")]
    assert load(world.inbox()["outbox"]) == (OwedPublish(),)
    assert world.outcomes() == ["published"]


def test_marks_whose_answers_were_lost_stand(world: World) -> None:
    owe(world, mail("one"), mail("two"))
    world.faults.lose_answer("UpdateItem", times=2)
    world.work("mails")
    assert (sent(world), world.outcomes(), world.inbox()["state"]) == (["one", "two"], ["sent", "sent"], "done")


def test_a_long_erasure_goes_on_from_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cursors = []

    def erase(_effect: object, _committed_ms: int, cursor: str | None, _deadline: float) -> Done | Partial:
        cursors.append(cursor)
        return Partial(f"step {len(cursors)}") if len(cursors) < 3 else Done("erased 3")

    monkeypatch.setattr(world.services, "erase", erase)
    known(world)
    owe(world, erasing(world))
    goes_on = Result("goes on", again=True)
    assert [world.work("effects") for _ in range(3)] == [goes_on, goes_on, Result("performed", outcomes=("erased 3",))]
    assert cursors == [None, "step 1", "step 2"]


def test_an_erasure_that_failed_on_its_way_waits_and_goes_on_from_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def erase(_effect: object, _committed_ms: int, cursor: str | None, _deadline: float) -> Done | Partial:
        return Done("erased") if cursor else Partial("half")

    fails = Fails(erase, [])
    monkeypatch.setattr(world.services, "erase", fails)
    known(world)
    owe(world, erasing(world), reminder())
    world.work("effects")
    fails.errors.append(UNREACHABLE)
    assert world.work("effects") == Result("waits", 60, error="BotoCoreError EndpointConnectionError")
    world.clock.now += 60
    assert world.work("effects").outcomes == ("erased",)


def test_an_erasure_without_an_end_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services, "erase", lambda *_: Partial("the same again"))
    known(world)
    owe(world, erasing(world))
    world.write_inbox({"progress": {"0": {"cursor": "the same again", "rounds": MOST_ROUNDS - 1}}})
    assert world.work("effects").state == "goes on"
    assert world.work("effects") == Result("failed", 0, error="Endless too_many_rounds")
