"""An hourly run offers to the queue, once, what Stripe has and the inbox has not, of the hours since the last run."""

import pytest

from tests.reconcile.conftest import HOUR, House, Lines
from tests.support.stripe_lists import PLATFORM


def test_what_stripe_has_and_the_inbox_has_not_is_offered_once(house: House) -> None:
    house.begun()
    lost = house.happens(HOUR + 60)
    house.happens(HOUR + 50, accepted=True)

    assert house.run().items() >= {"accounts": 1, "checked": 2, "missing": 1, "healed": 1, "handed_over": 0}.items()
    house.hours_pass()
    assert house.run()["missing"] == 0

    assert house.offered() == [lost]


def test_a_first_deploy_offers_nothing_however_much_stripe_lists(house: House) -> None:
    for ago in range(60, 20 * 24 * HOUR, 8 * HOUR):
        house.happens(ago)

    for _ in range(3):
        assert house.run()["missing"] == 0
        house.hours_pass()

    assert house.offered() == []
    assert house.cursors() == {}


def test_it_begins_with_the_first_event_that_was_accepted(house: House) -> None:
    house.happens(HOUR + 300)
    house.happens(HOUR + 200, accepted=True)
    lost = house.happens(HOUR + 100)

    house.run()

    assert house.offered() == [lost]


def test_of_a_stack_that_has_long_accepted_events_the_last_hour_is_checked(house: House) -> None:
    house.happens(20 * 24 * HOUR, accepted=True)
    house.happens(3 * HOUR)
    lost = house.happens(HOUR + 100)

    house.run()

    assert house.offered() == [lost]


def test_the_last_hour_is_left_to_stripe_and_the_queue(house: House) -> None:
    house.begun()
    recent = house.happens(HOUR - 1)

    house.run()
    assert house.offered() == []
    house.hours_pass()
    house.run()

    assert house.offered() == [recent]


def test_hours_without_a_run_are_made_up(house: House) -> None:
    house.begun()
    lost = [house.happens(0)]
    house.hours_pass(7)
    lost.append(house.happens(2 * HOUR))

    house.run()

    assert house.offered() == lost


@pytest.mark.parametrize("state", ["claimed", "committed", "done", "ignored", "failed"])
def test_what_the_inbox_has_in_any_state_is_left_to_it(house: House, state: str) -> None:
    house.begun()
    house.accept(house.happens(HOUR + 60), state)

    assert house.run()["missing"] == 0


def test_what_waits_in_the_queue_for_hours_is_offered_once_at_most(house: House) -> None:
    house.begun()
    waiting = house.happens(HOUR + 60)

    for _ in range(4):
        house.run()
        house.hours_pass()

    assert house.offered() == [waiting]


def test_a_gap_that_stripe_can_no_longer_fill_is_an_error_in_the_log(house: House, lines: Lines) -> None:
    house.begun()
    house.hours_pass(31 * 24)
    lost = house.happens(29 * 24 * HOUR)

    house.run()

    assert house.offered() == [lost]
    assert [line["account"] for line in lines() if line.get("level") == "ERROR"] == [PLATFORM]
