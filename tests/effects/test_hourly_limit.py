"""More erasures or exports than the hour allows are put off and never dropped, however many somebody forges."""

from collections.abc import Callable
from random import Random

import pytest

from functions.effects.lane.attempt import Result
from functions.effects.perform.hourly_limit import HourlyLimit
from functions.effects.worker import Done, Partial
from shared.decisions.decision import Decision
from shared.effects.erasure import Erase
from shared.failures.errors import OverLimit
from shared.records.order import Order, Settlement
from shared.records.organization import Organization
from shared.values.times import DAY, HOUR
from tests.consumer.examples import NOW, mail, reminder
from tests.consumer.world import World
from tests.effects.owed_effects import EXPORT, UNREACHABLE, Fails, owe
from tests.effects.ses import refusal

FORGED = 7


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def limited(world: World, monkeypatch: pytest.MonkeyPatch, most: int = 2) -> None:
    """Give the worker a limit with the longest waits, from the beginning of an hour on."""
    world.clock.now = NOW - NOW % HOUR
    monkeypatch.setattr(world.services, "count", HourlyLimit(world.store, most, lambda _least, longest: longest).take)


def owe_erasure(world: World, event_id: str = "evt_1") -> None:
    """Commit a customer of its own, and then the event that erases it."""
    customer = Organization(account="acct_1", subject=f"cus_{event_id}", reminders={"in_1": NOW})
    world.decide = lambda _event, _books: Decision(save=(customer,))
    assert world.consume(f"message before {event_id}", f"before_{event_id}").state == "done"
    owe(world, Erase(account="acct_1", customer=customer.subject, as_of=NOW, version=1), event_id=event_id)


def owe_export(world: World, event_id: str = "evt_1") -> None:
    owe(world, EXPORT, event_id=event_id)


def flood(world: World, owe_one: Callable[[World, str], None]) -> list[str]:
    """The ids of many forged events, each of which owes one effect."""
    events = [f"evt_{number}" for number in range(1, FORGED + 1)]
    for event_id in events:
        owe_one(world, event_id)
    return events


def hand_out(world: World, events: list[str]) -> list[Result]:
    """One attempt at each event, by a message that SQS has just got."""
    return [world.work("effects", event_id, sent=world.clock.now) for event_id in events]


@pytest.mark.parametrize("owe_one", [owe_export, owe_erasure])
def test_a_flood_is_performed_hour_by_hour_and_none_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch, owe_one: Callable[[World, str], None]
) -> None:
    limited(world, monkeypatch)
    left, done = flood(world, owe_one), []
    while left:
        results = dict(zip(left, hand_out(world, left), strict=True))
        performed = [event_id for event_id, result in results.items() if result.state == "performed"]
        assert len(performed) == min(2, len(left))
        assert all(one.over_limit == 1 and one.again for name, one in results.items() if name not in performed)
        done += performed
        left = [event_id for event_id in left if event_id not in performed]
        world.clock.now += 2 * HOUR
    assert len(done) == FORGED
    assert len(world.services.exports) + len(world.services.erasures) == FORGED


def test_exports_do_not_use_up_the_erasures(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(world, monkeypatch, most=1)
    owe(world, EXPORT)
    owe_erasure(world, "evt_2")
    assert [world.work("effects", event_id).state for event_id in ("evt_1", "evt_2")] == ["performed", "performed"]


def test_the_guests_of_a_busy_shop_are_not_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services, "count", _full)
    order = Order(account="acct_1", subject="cs_1", session_id="cs_1", settlement=Settlement(canceled=True))
    world.decide = lambda _event, _books: Decision(save=(order,))
    assert world.consume("message before", "evt_before").state == "done"
    owe(world, Erase(account="acct_1", customer="cs_1", as_of=NOW, version=1, guest=True))
    assert world.work("effects").state == "performed"


def test_no_limit_counts_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(world, monkeypatch, most=0)
    assert {one.state for one in hand_out(world, flood(world, owe_erasure))} == {"performed"}
    scanned = world.store.client.scan(TableName=world.store.inbox)["Items"]
    assert not [item for item in scanned if item["id"]["S"].startswith("limit#")]


def test_the_counter_of_an_hour_expires_and_names_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(world, monkeypatch)
    owe_erasure(world)
    world.work("effects")
    hour = int(world.clock.now) // HOUR
    assert world.inbox(f"limit#erasures#{hour}") == {
        "id": f"limit#erasures#{hour}",
        "begun": 1,
        "expires_at": hour * HOUR + DAY,
    }


def test_what_waits_comes_back_in_the_next_hour_at_no_common_moment(world: World) -> None:
    limit = HourlyLimit(world.store, 1, Random(1).uniform)  # noqa: S311 - a jitter
    limit.take("erasures")
    waits = []
    for _ in range(20):
        with pytest.raises(OverLimit) as over:
            limit.take("erasures")
        waits.append(over.value.seconds)
    left = HOUR - int(world.clock.now) % HOUR
    assert all(left <= wait <= left + HOUR for wait in waits)
    assert len(set(waits)) > 15


def test_days_of_waiting_use_up_neither_receives_nor_attempts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(world, monkeypatch)
    owe_erasure(world)
    monkeypatch.setattr(world.services, "count", _full)
    for _ in range(50):
        deferred = world.work("effects", sent=world.clock.now)
        assert (deferred.state, deferred.again, deferred.wait) == ("waits", True, None)  # a new message goes on
        waiting = world.work("effects", sent=world.clock.now)  # SQS hands the new message out at once
        assert (waiting.state, waiting.again) == ("waits", False)
        world.clock.now += waiting.wait or 0
    monkeypatch.setattr(world.services, "count", lambda _kind: None)
    assert world.work("effects", sent=world.clock.now).state == "performed"
    assert len(world.services.erasures) == 1


def _full(_kind: str) -> None:
    raise OverLimit("erasures_an_hour", HOUR)


def test_other_effects_of_the_event_do_not_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services, "count", _full)
    owe(world, EXPORT, reminder())
    assert world.work("effects").outcomes == ("set",)


def test_a_farewell_waits_for_its_export_and_goes_in_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services, "count", _full)
    farewell = mail("farewell").model_copy(update={"data": {"export": True}})
    owe(world, farewell, EXPORT)
    world.work("effects")
    assert world.work("mails").state == "waits"
    world.clock.now += HOUR
    monkeypatch.setattr(world.services, "count", lambda _kind: None)
    world.work("effects", sent=world.clock.now)
    assert world.work("mails").outcomes == ("sent",)


def test_an_effect_is_counted_once_however_often_it_is_tried(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services, "export", Fails(world.services.export, [UNREACHABLE, UNREACHABLE]))
    owe(world, EXPORT)
    for _ in range(3):
        world.work("effects")
        world.clock.now += HOUR
    assert (world.services.counted, len(world.services.exports)) == (["exports"], 1)


@pytest.mark.parametrize("error", [UNREACHABLE, refusal("AccessDeniedException")], ids=["silent", "denied"])
def test_an_erasure_that_could_not_be_counted_is_counted_before_it_begins(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    owe_erasure(world)
    monkeypatch.setattr(world.services, "count", Fails(_full, [error]))
    for over_limit in (0, 1):
        assert world.work("effects", sent=world.clock.now).over_limit == over_limit
        world.clock.now += HOUR
    assert world.services.erasures == []


def test_an_export_that_older_code_tried_is_at_worst_counted_again(world: World) -> None:
    owe(world, EXPORT)
    world.write_inbox(world.inbox() | {"progress": {"0": {"attempts": 1, "error": "BotoCoreError"}}})
    assert (world.work("effects").state, world.services.counted) == ("performed", ["exports"])


def test_a_long_erasure_is_counted_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = iter((Partial("1"), Partial("2"), Done("erased 3")))
    monkeypatch.setattr(world.services, "erase", lambda *_: next(steps))
    owe_erasure(world)
    states = [world.work("effects", sent=world.clock.now).state for _ in range(3)]
    assert (states, world.services.counted) == (["goes on", "goes on", "performed"], ["erasures"])
