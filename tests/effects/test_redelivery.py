"""SQS delivers twice, in parallel and from dead-letter queues: each effect is still performed once."""

from dataclasses import dataclass, field

import pytest

from functions.consumer.consume import Outcome
from functions.effects.lane.attempt import Result
from functions.effects.lane.lease import Lease, NothingOwed, lease
from shared.effects.email import Email
from shared.failures.errors import Permanent
from shared.inbox.lanes import Lane
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere
from shared.values.times import DAY
from tests.consumer.examples import LEASE, NOW, announcement, mail, reminder
from tests.consumer.world import World
from tests.effects.owed_effects import EXPORT, UNREACHABLE, Fails, owe, sent

GIVEN_UP = Permanent("not_for_us")


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


@dataclass
class Meanwhile:
    """A mail service in whose answering time a second message, and the consumer's own, come again."""

    world: World
    seen: list[Lease | Outcome] = field(default_factory=list)

    def send_mail(self, sending: Email) -> str:
        self.seen.append(lease(self.world.store, self.world.owed_message("mails", message_id="another")))
        self.seen.append(self.world.consume("message of evt_1"))
        self.world.services.mails.append(sending)
        return "sent"


def state(world: World) -> str:
    return str(world.inbox()["state"])


def dead_letter(world: World, lane: Lane) -> None:
    """The lane is given up, by a message that was sent with the commit."""
    assert world.work(lane).state == "failed"
    assert lease(world.store, world.owed_message(lane)) == AwaitingDeadLetter()


def test_while_a_mail_is_sent_nobody_else_gets_its_lane_and_nobody_fences_the_worker(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = Meanwhile(world)
    monkeypatch.setattr(world.services, "send_mail", meanwhile.send_mail)
    owe(world, mail())
    assert world.work("mails").state == "performed"
    assert meanwhile.seen == [LeasedElsewhere(LEASE), Outcome("handed over")]
    assert sent(world) == ["told"]


def test_an_event_that_was_handed_over_twice_is_performed_once(world: World) -> None:
    owe(world, mail(), reminder())
    world.consume("message of evt_1")
    assert [lane for lane, *_ in world.queues.sent] == ["effects", "effects", "mails"]
    world.work_all()
    assert (sent(world), len(world.services.reminders)) == (["told"], 1)
    assert lease(world.store, world.owed_message("mails", message_id="one too many")) == NothingOwed()


def test_a_consumer_that_comes_again_writes_nothing(world: World) -> None:
    owe(world, mail(), reminder())
    world.lease("mails")
    before = world.inbox()
    world.consume("message of evt_1")
    assert world.inbox() == before


def test_of_two_messages_one_waits_for_the_other_and_then_finds_nothing(world: World) -> None:
    owe(world, mail())
    world.lease("mails")
    assert lease(world.store, world.owed_message("mails", message_id="another")) == LeasedElsewhere(LEASE)
    world.clock.now += LEASE
    world.work("mails")
    assert lease(world.store, world.owed_message("mails", message_id="another")) == NothingOwed()


def test_a_dead_letter_of_the_effects_is_redriven_while_the_mail_still_waits(world: World) -> None:
    world.services.reminder_errors, world.services.mail_errors = [GIVEN_UP], [UNREACHABLE]
    owe(world, mail(), reminder())
    dead_letter(world, "effects")
    assert world.work("mails").state == "waits"
    assert state(world) == "failed"
    world.clock.now += DAY
    assert world.work("effects", sent=world.clock.now).state == "performed"
    assert state(world) == "committed"
    assert world.work("mails").state == "performed"
    assert (state(world), world.outcomes()) == ("done", ["set", "sent"])


def test_a_dead_letter_of_the_mails_is_redriven_while_an_export_still_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.services, "export", Fails(world.services.export, [UNREACHABLE]))
    world.services.mail_errors = [GIVEN_UP]
    owe(world, mail(), EXPORT)
    dead_letter(world, "mails")
    assert world.work("effects").state == "waits"
    world.clock.now += DAY
    assert world.work("mails", sent=world.clock.now).state == "performed"
    assert state(world) == "committed"
    assert world.work("effects").state == "performed"
    assert (state(world), world.outcomes()) == ("done", ["written", "sent"])


def test_a_lane_that_finishes_beside_a_dead_letter_leaves_the_event_failed(world: World) -> None:
    world.services.reminder_errors = [GIVEN_UP]
    owe(world, mail(), reminder())
    dead_letter(world, "effects")
    world.work("mails")
    assert (state(world), world.inbox()["error"]) == ("failed", "Permanent not_for_us")
    assert "unfinished" in world.inbox()


def test_a_redrive_tries_what_failed_afresh_and_nothing_else(world: World) -> None:
    world.services.reminder_errors = [KeyError("a bug")] * 8
    owe(world, reminder(), announcement())
    while (result := world.work("effects")).state == "waits":
        world.clock.now += result.wait or 0
    assert world.inbox()["progress"]["0"]["attempts"] == 8
    world.clock.now += DAY
    world.services.reminder_errors = [KeyError("a bug")]
    assert world.work("effects", sent=world.clock.now).state == "waits"
    assert world.inbox()["progress"]["0"]["attempts"] == 1
    world.clock.now += DAY
    world.work("effects", sent=NOW + DAY + 2)
    assert (world.services.reminders, world.services.announcements) == ([reminder()], [announcement()])


def test_a_lane_fails_only_when_nothing_waits_and_its_redrive_retries_the_failed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.services, "export", Fails(world.services.export, [GIVEN_UP]))
    world.services.reminder_errors = [UNREACHABLE]
    owe(world, EXPORT, reminder())
    assert world.work("effects").state == "waits"
    world.clock.now += 60
    assert world.work("effects") == Result("failed", 0, outcomes=("set",), error="Permanent not_for_us")
    world.clock.now += DAY
    assert world.work("effects", sent=world.clock.now).outcomes == ("written",)


def test_a_message_that_was_sent_before_the_failure_is_counted_out_untried(world: World) -> None:
    world.services.reminder_errors = [GIVEN_UP]
    owe(world, reminder())
    dead_letter(world, "effects")
    world.clock.now += DAY
    assert lease(world.store, world.owed_message("effects", message_id="another", sent=NOW)) == AwaitingDeadLetter()
    assert world.services.reminders == []
