"""While a queue's head waits, what is behind it is not called missing; what is lost is found as soon as it can be."""

from types import SimpleNamespace
from typing import cast

import pytest

from functions.reconcile import slices
from functions.reconcile.reconcile import Events, Progress, Reconciler, reconcile
from tests.reconcile.conftest import ACCOUNT, HOUR, OTHER, House, Lines


def test_what_may_be_in_the_queue_is_not_missing_and_the_cursor_stays(house: House, lines: Lines) -> None:
    house.begun()
    house.happens(HOUR + 90, accepted=True)
    house.happens(HOUR + 60)
    house.happens(HOUR + 30)
    begins = house.clock.now - HOUR - 60
    house.a_head_waits()
    lines()

    assert house.run().items() >= {"checked": 1, "missing": 0, "healed": 0}.items()

    assert house.offered() == ["evt_head"]
    assert house.cursors()["platform"] == begins - 1
    [said] = [line for line in lines() if "maybe in the queue" in line["message"]]
    assert (said["account"], said["events"]) == ("platform", 2)


def test_what_was_lost_before_an_event_that_came_is_healed_all_the_same(house: House) -> None:
    house.begun()
    lost = house.happens(HOUR + 90)
    house.happens(HOUR + 60, accepted=True)
    house.happens(HOUR + 30)
    house.a_head_waits()

    assert house.run()["healed"] == 1

    assert house.offered() == ["evt_head", lost]


def test_once_the_queue_is_empty_what_is_still_missing_was_lost(house: House) -> None:
    house.begun()
    handled, lost = house.happens(HOUR + 60), house.happens(HOUR + 30)
    house.a_head_waits()
    house.run()
    house.consume()
    house.accept(handled)

    assert house.run()["missing"] == 1

    assert house.offered() == ["evt_head", lost]


def test_the_next_hour_finds_what_a_busy_queue_hid(house: House) -> None:
    """Behind the lost event another has come by then, so that it is no longer at the end."""
    house.begun()
    lost = house.happens(HOUR + 60)
    house.a_head_waits()
    house.run()
    house.hours_pass()
    house.happens(HOUR + 60, accepted=True)

    assert house.run()["healed"] == 1

    assert house.offered() == ["evt_head", lost]


def test_what_leaves_the_queue_between_two_looks_is_not_missing() -> None:
    events = SimpleNamespace(events=lambda *_: iter([{"id": "evt_1", "created": 5}]))
    answers: list[set[str]] = [set(), {"evt_1"}]  # the last first
    reconciler = Reconciler(cast("Events", events), lambda _ids: answers.pop(), lambda _event: True, lambda: False)

    assert list(reconcile(reconciler, "platform", 1, 9)) == [Progress(9, 1, [], 0)]


def test_an_account_that_waits_does_not_hold_up_another(house: House) -> None:
    house.begun(ACCOUNT, OTHER)
    house.happens(HOUR + 60, ACCOUNT)
    lost = house.happens(HOUR + 60, OTHER)
    house.happens(HOUR + 30, OTHER, accepted=True)
    house.a_head_waits()

    house.run()

    assert house.offered() == ["evt_head", lost]


def test_its_own_offers_do_not_make_a_run_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "FULL", 2)
    house.begun()
    lost = [house.happens(2 * HOUR - at) for at in range(1, 3000, 300)]

    house.run()

    assert house.offered() == lost
