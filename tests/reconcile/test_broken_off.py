"""An interrupted run skips nothing: the next one goes on where it stopped."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from functions.reconcile import slices
from shared.failures.errors import Retryable
from tests.reconcile.conftest import HOUR, Lines, System


@pytest.mark.parametrize("status", [429, 500, 503])
def test_stripe_in_trouble_is_waited_out_and_nothing_is_left_out(system: System, status: int) -> None:
    system.begun()
    lost = system.happens(HOUR + 60)

    system.stripe.trouble = lambda: status
    with pytest.raises(Retryable):
        system.run()
    system.stripe.trouble = lambda: None
    system.hours_pass()
    system.run()

    assert system.offered() == [lost]


def test_each_hour_without_stripes_answer_is_an_error_and_is_counted(system: System, lines: Lines) -> None:
    system.begun()
    system.stripe.trouble = lambda: 429
    for _ in range(2):
        lines()
        with pytest.raises(Retryable):
            system.run()
        failed, metrics = lines()
        assert (failed["level"], failed["code"]) == ("ERROR", "RateLimitError")
        assert metrics["Checked"] == 0
        system.hours_pass()


def test_trouble_halfway_leaves_the_other_half_to_the_next_run(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "FULL", 2)
    system.begun()
    lost = [system.happens(2 * HOUR - at) for at in range(1, 3000, 300)]
    calls = iter([None] * 20)
    system.stripe.trouble = lambda: next(calls, 429)
    with pytest.raises(Retryable):
        system.run()
    system.stripe.trouble = lambda: None
    system.consume()
    first = len(system.offered())

    assert 0 < first < len(lost)
    assert first + system.run()["healed"] == len(lost)
    assert system.offered() == lost


def test_it_stops_in_time_and_goes_on_where_it_stopped(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "FULL", 2)
    system.begun()
    lost = [system.happens(2 * HOUR - at) for at in range(1, 3000, 300)]

    system.clock.left = [600, 600, 600, 600, 30]
    first = system.run()["healed"]
    system.consume()
    system.clock.left = []
    second = system.run()["healed"]

    assert first > 0
    assert first + second == len(lost)
    assert system.offered() == lost


def test_the_queue_that_refuses_leaves_the_cursor_where_it_was(system: System) -> None:
    system.begun()
    lost, before = system.happens(HOUR + 60), system.cursors()
    broken = replace(system, queue=system.queue.replace("events", "gone"))

    with pytest.raises(ClientError):
        broken.run()

    assert system.cursors() == before
    system.run()
    assert system.offered() == [lost]
