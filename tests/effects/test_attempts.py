"""Each effect counts its attempts and has a next time; effects that one fault delays return together."""

from dataclasses import replace
from random import Random

import pytest

from functions.effects.lane.attempt import Attempt, Result
from functions.effects.perform.perform import perform
from shared.failures.errors import MailDeferred
from shared.values.times import HOUR
from tests.consumer.examples import NOW, announcement, mail, reminder
from tests.consumer.world import World
from tests.effects.owed_effects import EXPORT, UNREACHABLE, Fails, owe
from tests.effects.ses import refusal


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def test_each_effect_has_attempts_and_a_next_try_of_its_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services, "export", Fails(world.services.export, [UNREACHABLE, UNREACHABLE]))
    world.services.reminder_errors = [KeyError("a bug"), KeyError("a bug")]
    owe(world, EXPORT, reminder())
    assert world.work("effects").wait == 2
    world.clock.now += 2
    assert world.work("effects").wait == 4
    progress = world.inbox()["progress"]
    assert [(progress[place]["attempts"], progress[place]["not_before"] - NOW) for place in "01"] == [(1, 60), (2, 6)]


def test_an_effect_that_is_not_due_is_left_alone(world: World) -> None:
    world.services.reminder_errors = [UNREACHABLE]
    owe(world, reminder())
    world.work("effects")
    world.clock.now += 59.5
    assert world.work("effects").wait == 1
    assert world.services.reminders == []
    world.clock.now += 0.5
    assert world.work("effects").state == "performed"


def test_a_message_returns_when_its_first_effect_is_due_and_not_a_moment_earlier(world: World) -> None:
    world.clock.now += 0.6
    world.services.reminder_errors = [UNREACHABLE]
    owe(world, reminder())
    world.clock.now += world.work("effects").wait or 0
    assert world.work("effects").state == "performed"


def test_effects_that_one_fault_of_the_deployment_holds_up_come_back_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = [refusal("AccessDeniedException")] * 1000
    for does in ("set_reminder", "publish", "export", "observe"):
        monkeypatch.setattr(world.services, does, Fails(getattr(world.services, does), [*denied]))
    owe(world, reminder("in_1"), reminder("in_2"), announcement(), EXPORT)
    worker = replace(world.worker, jitter=Random(1).uniform)  # noqa: S311 - a jitter
    receives, result = 0, Result("waits", 0)
    while result.state == "waits":
        world.clock.now += (result.wait or 0) + 0.3
        receives += 1
        result = perform(Attempt(worker, world.lease("effects"), NOW * 1000, world.clock.now + 45))
    assert result.state == "failed"
    assert HOUR / 60 < receives <= HOUR / 45 + 1


def test_what_ses_said_of_one_mail_holds_for_the_others_of_its_event(world: World) -> None:
    world.services.mail_errors = [MailDeferred("TooManyRequestsException", HOUR)]
    owe(world, mail("one"), mail("two"))
    assert world.work("mails").wait == HOUR
    assert "1" not in world.inbox()["progress"]
    world.clock.now += HOUR
    assert world.work("mails").outcomes == ("sent", "sent")


def test_a_mail_that_got_no_answer_waits_with_those_that_ses_rests_from(world: World) -> None:
    world.services.mail_errors = [UNREACHABLE, MailDeferred("resting", 60)]
    owe(world, mail("one"), mail("two"))
    assert world.work("mails").wait == 60


def test_a_finished_event_says_nothing_of_earlier_errors(world: World) -> None:
    world.services.reminder_errors = [ValueError("a bug")] * 8
    owe(world, reminder())
    while (result := world.work("effects", sent=NOW)).state == "waits":
        world.clock.now += result.wait or 0
    assert (result.state, world.inbox()["state"]) == ("failed", "failed")
    world.clock.now += HOUR
    world.work("effects", sent=world.clock.now)
    assert world.inbox()["state"] == "done"
    assert "error" not in world.inbox()
