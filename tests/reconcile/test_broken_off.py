"""A run that breaks off leaves nothing out: the next one goes on where it stopped."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from functions.reconcile import slices
from tests.reconcile.conftest import HOUR, House


@pytest.mark.parametrize("status", [429, 500, 503])
def test_stripe_in_trouble_is_waited_out_and_nothing_is_left_out(house: House, status: int) -> None:
    house.begun()
    lost = house.happens(HOUR + 60)

    house.stripe.trouble = lambda: status
    assert house.run()["checked"] == 0
    house.stripe.trouble = lambda: None
    house.hours_pass()
    house.run()

    assert house.offered() == [lost]


def test_trouble_halfway_leaves_the_other_half_to_the_next_run(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "FULL", 2)
    house.begun()
    lost = [house.happens(2 * HOUR - at) for at in range(1, 3000, 300)]
    calls = iter([None] * 20)
    house.stripe.trouble = lambda: next(calls, 429)
    first = house.run()["healed"]
    house.stripe.trouble = lambda: None
    house.consume()

    assert 0 < first < len(lost)
    assert first + house.run()["healed"] == len(lost)
    assert house.offered() == lost


def test_it_stops_in_time_and_goes_on_where_it_stopped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "FULL", 2)
    house.begun()
    lost = [house.happens(2 * HOUR - at) for at in range(1, 3000, 300)]

    house.clock.left = [600, 600, 600, 30]
    first = house.run()["healed"]
    house.consume()
    house.clock.left = []
    second = house.run()["healed"]

    assert first > 0
    assert first + second == len(lost)
    assert house.offered() == lost


def test_the_queue_that_refuses_leaves_the_cursor_where_it_was(house: House) -> None:
    house.begun()
    lost, before = house.happens(HOUR + 60), house.cursors()
    broken = replace(house, queue=house.queue.replace("events", "gone"))

    with pytest.raises(ClientError):
        broken.run()

    assert house.cursors() == before
    house.run()
    assert house.offered() == [lost]
