"""A farewell waits for its export and an announcement for its erasure; the customer may be erased by then."""

from typing import TYPE_CHECKING

import pytest

from functions.effects.lane.attempt import Result
from shared.effects.announcement import Announcement
from shared.failures.errors import Permanent
from shared.values.times import DAY, HOUR
from tests.consumer.examples import NOW, announcement, mail
from tests.consumer.world import World
from tests.effects.owed_effects import EXPORT, UNREACHABLE, Fails, erasing, known, owe, sent

if TYPE_CHECKING:
    from shared.effects.email import Email

GIVEN_UP = Permanent("not_for_us")
FAREWELL = mail("farewell").model_copy(update={"data": {"export": True}})
ERASED = announcement("evt_1:erased").model_copy(update={"name": "organization.erased", "facts": {}})


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def about(customer: str | None, announcement_id: str) -> Announcement:
    return announcement(announcement_id).model_copy(update={"customer": customer})


def erase_meanwhile(world: World) -> None:
    """The customer is erased by another event, a second after the last one."""
    world.clock.now += 1
    owe(world, erasing(world), event_id="evt_9")


def test_a_farewell_waits_for_the_export_that_it_links_to(world: World) -> None:
    owe(world, FAREWELL, EXPORT)
    assert world.work("mails").state == "waits"
    assert sent(world) == []
    world.work("effects")
    assert world.work("mails").outcomes == ("sent",)
    assert world.inbox()["state"] == "done"


def test_a_farewell_waits_longer_each_time_and_up_to_an_hour(world: World) -> None:
    owe(world, FAREWELL, EXPORT)
    waits = []
    for _ in range(14):
        waits.append(world.work("mails").wait or 0)
        world.clock.now += waits[-1]
    assert waits[:4] == [4, 4, 8, 16]
    assert waits[-1] == HOUR


def test_a_farewell_holds_up_no_other_mail(world: World) -> None:
    owe(world, FAREWELL, EXPORT, mail("receipt"))
    assert world.work("mails").state == "waits"
    assert (sent(world), world.outcomes()) == (["receipt"], [None, None, "sent"])


def test_a_farewell_whose_export_never_came_is_too_late_one_day(world: World) -> None:
    owe(world, FAREWELL, EXPORT)
    world.clock.now += 3 * DAY
    assert world.work("mails").outcomes == ("too late",)


def test_a_farewell_waits_for_a_failed_export_and_goes_when_that_is_redriven(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.services, "export", Fails(world.services.export, [GIVEN_UP]))
    owe(world, FAREWELL, EXPORT)
    assert world.work("effects") == Result("failed", 0, error="Permanent not_for_us")
    assert world.work("mails").state == "waits"
    world.clock.now += HOUR
    assert world.work("mails", sent=world.clock.now).state == "waits"  # handed over anew after the export failed
    assert world.work("effects", sent=world.clock.now).state == "performed"
    assert world.work("mails").state == "performed"
    assert (sent(world), world.outcomes()) == (["farewell"], ["written", "sent"])


def test_an_erasure_is_announced_once_it_is_done(world: World) -> None:
    known(world)
    owe(world, erasing(world), ERASED)
    assert world.work("effects").outcomes == ("erased", "published")
    assert world.services.announcements == [ERASED]


def test_an_erasure_that_fails_is_not_announced_and_comes_back_when_it_is_due(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.services, "erase", Fails(world.services.erase, [UNREACHABLE]))
    known(world)
    owe(world, erasing(world), ERASED)
    assert world.work("effects").wait == 60  # the announcement asks for no earlier return
    assert world.services.announcements == []
    world.clock.now += 60
    world.work("effects")
    assert (world.services.announcements, world.inbox()["state"]) == ([ERASED], "done")


def test_a_failed_erasure_takes_its_announcement_along_and_a_redrive_does_both(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.services, "erase", Fails(world.services.erase, [GIVEN_UP]))
    known(world)
    owe(world, erasing(world), ERASED)
    assert world.work("effects").state == "failed"
    assert world.services.announcements == []
    world.clock.now += DAY
    world.work("effects", sent=world.clock.now)
    assert (world.services.announcements, world.inbox()["state"]) == ([ERASED], "done")


def test_what_was_owed_about_a_customer_who_was_erased_since_is_not_announced(world: World) -> None:
    known(world)
    owe(world, about("cus_1", "one"), about("cus_2", "two"), about(None, "three"))
    erase_meanwhile(world)
    world.work("effects", "evt_1")
    assert [one.id for one in world.services.announcements] == ["two", "three"]


def test_announcements_about_erased_customers_only_are_recorded_as_erased(world: World) -> None:
    known(world)
    owe(world, about("cus_1", "one"))
    erase_meanwhile(world)
    assert world.work("effects", "evt_1").outcomes == ("erased",)
    assert world.inbox()["state"] == "done"


def test_a_customer_who_came_back_is_announced(world: World) -> None:
    known(world)
    erase_meanwhile(world)
    world.clock.now += 1
    owe(world, announcement())
    world.work("effects")
    assert world.services.announcements == [announcement()]


@pytest.mark.parametrize(("expires", "outcome"), [(NOW + 3 * DAY, "erased"), (NOW + 3 * DAY + 60, "sent")])
def test_a_mail_of_a_customer_who_was_erased_since_goes_only_for_what_came_later(
    world: World, expires: int, outcome: str
) -> None:
    known(world)
    owe(world, erasing(world, as_of=NOW), event_id="evt_9")
    late: Email = mail(expires=expires)
    owe(world, late)
    assert world.work("mails").outcomes == (outcome,)
