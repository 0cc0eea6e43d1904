"""How long effects are owed: a wait for the hour's limit does not count, and hides no failure beside it."""

import pytest

from functions.effects.lane.attempt import Result
from functions.effects.metrics import LATE, OWED, metrics_of
from shared.failures.errors import OverLimit
from shared.inbox.lanes import Lane
from shared.values.times import HOUR
from tests.consumer.examples import NOW, announcement, mail, reminder
from tests.consumer.world import World
from tests.effects.invoking import Lambda
from tests.effects.owed_effects import EXPORT, UNREACHABLE, Fails, erasing, known, owe
from tests.effects.records import record

FAREWELL = mail("farewell").model_copy(update={"data": {"export": True}})


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def full(_kind: str) -> None:
    raise OverLimit("exports_an_hour", HOUR)


def room(_kind: str) -> None:
    """The hour has room."""


def age(world: World, lane: Lane, result: Result, sent: float) -> int:
    """The seconds that the metric tells of a message that SQS got at `sent`; 0 if it tells none."""
    metrics = metrics_of(world.owed_message(lane, sent=sent), result, world.clock.now, "ours")
    seconds: int = metrics.get(OWED[lane], 0)
    return seconds


def wait_for_the_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> float:
    """The limit puts the effects off, its hour passes, and there is room; returns when SQS got the new message."""
    monkeypatch.setattr(world.services, "count", full)
    world.work("effects", sent=world.clock.now)
    sent = world.clock.now
    waiting = world.work("effects", sent=sent)
    world.clock.now += waiting.wait or 0
    monkeypatch.setattr(world.services, "count", room)
    return sent


def test_a_farewell_is_not_owed_while_the_limit_puts_its_export_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.services, "count", full)
    owe(world, FAREWELL, EXPORT)
    for _ in range(8):
        world.work("effects", sent=world.clock.now)
        assert age(world, "mails", world.work("mails"), sent=NOW) <= LATE["mails"]
        world.clock.now += HOUR
    monkeypatch.setattr(world.services, "count", room)
    world.work("effects", sent=world.clock.now)
    last = world.work("mails")
    assert (last.outcomes, age(world, "mails", last, sent=NOW)) == (("sent",), 0)


def test_the_announcement_of_an_erasure_is_not_owed_while_the_limit_puts_it_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(world)
    owe(world, erasing(world), announcement())
    sent = wait_for_the_limit(world, monkeypatch)
    done = world.work("effects", sent=sent)
    assert (done.state, age(world, "effects", done, sent)) == ("performed", 0)


def test_a_short_failure_after_the_limit_brings_back_no_hours_of_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(world, EXPORT)
    sent = wait_for_the_limit(world, monkeypatch)
    monkeypatch.setattr(world.services, "export", Fails(world.services.export, [UNREACHABLE]))
    failed = world.work("effects", sent=sent)
    world.clock.now += failed.wait or 0
    done = world.work("effects", sent=sent)
    assert (done.state, age(world, "effects", done, sent)) == ("performed", failed.wait)


def test_an_attempt_after_the_limit_that_is_not_recorded_is_not_late(
    worker: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(worker.world, EXPORT)
    wait_for_the_limit(worker.world, monkeypatch)
    worker.world.faults.meanwhile("UpdateItem", lambda: None)  # the lease
    worker.world.faults.refuse("UpdateItem", "ThrottlingException", times=1)
    worker.queue.add_response("change_message_visibility", {})
    worker.handle(record("effects"))
    (line,) = worker.lines()
    assert (line["message"], line["OwedEffectsSeconds"]) == ("unrecorded", 0)


def test_a_reminder_that_fails_beside_a_put_off_export_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services, "count", full)
    monkeypatch.setattr(world.services, "set_reminder", Fails(world.services.set_reminder, [UNREACHABLE] * 100))
    owe(world, EXPORT, reminder())
    oldest, sent = 0, world.clock.now
    while world.clock.now < NOW + 3 * HOUR:
        result = world.work("effects", sent=sent)
        oldest = max(oldest, age(world, "effects", result, sent))
        world.clock.now += result.wait or 1
        sent = world.clock.now if result.again else sent
    assert oldest > 2 * HOUR
