"""An hourly run offers each missing event of the hours since the last run once."""

import pytest

from tests.reconcile.conftest import HOUR, Lines, System
from tests.support.stripe_lists import PLATFORM


def test_what_stripe_has_and_the_inbox_has_not_is_offered_once(system: System) -> None:
    system.begun()
    lost = system.happens(HOUR + 60)
    system.happens(HOUR + 50, accepted=True)

    assert system.run().items() >= {"accounts": 1, "checked": 2, "missing": 1, "healed": 1, "handed_over": 0}.items()
    system.hours_pass()
    assert system.run()["missing"] == 0

    assert system.offered() == [lost]


def test_a_first_deploy_offers_nothing_however_much_stripe_lists(system: System) -> None:
    for ago in range(60, 20 * 24 * HOUR, 8 * HOUR):
        system.happens(ago)

    for _ in range(3):
        assert system.run()["missing"] == 0
        system.hours_pass()

    assert system.offered() == []
    assert system.cursors() == {}


def test_it_begins_with_the_first_event_that_was_accepted(system: System) -> None:
    system.happens(HOUR + 300)
    system.happens(HOUR + 200, accepted=True)
    lost = system.happens(HOUR + 100)

    system.run()

    assert system.offered() == [lost]


def test_of_a_stack_that_has_long_accepted_events_the_last_hour_is_checked(system: System) -> None:
    system.happens(20 * 24 * HOUR, accepted=True)
    system.happens(3 * HOUR)
    lost = system.happens(HOUR + 100)

    system.run()

    assert system.offered() == [lost]


def test_the_last_hour_is_left_to_stripe_and_the_queue(system: System) -> None:
    system.begun()
    recent = system.happens(HOUR - 1)

    system.run()
    assert system.offered() == []
    system.hours_pass()
    system.run()

    assert system.offered() == [recent]


def test_hours_without_a_run_are_made_up(system: System) -> None:
    system.begun()
    lost = [system.happens(0)]
    system.hours_pass(7)
    lost.append(system.happens(2 * HOUR))

    system.run()

    assert system.offered() == lost


@pytest.mark.parametrize("state", ["claimed", "committed", "done", "ignored", "failed"])
def test_what_the_inbox_has_in_any_state_is_left_to_it(system: System, state: str) -> None:
    system.begun()
    system.accept(system.happens(HOUR + 60), state)

    assert system.run()["missing"] == 0


def test_what_waits_in_the_queue_for_hours_is_offered_once_at_most(system: System) -> None:
    system.begun()
    waiting = system.happens(HOUR + 60)

    for _ in range(4):
        system.run()
        system.hours_pass()

    assert system.offered() == [waiting]


def test_a_gap_that_stripe_can_no_longer_fill_is_an_error_in_the_log(system: System, lines: Lines) -> None:
    system.begun()
    system.hours_pass(31 * 24)
    lost = system.happens(29 * 24 * HOUR)

    system.run()

    assert system.offered() == [lost]
    assert [line["account"] for line in lines() if line.get("level") == "ERROR"] == [PLATFORM]
