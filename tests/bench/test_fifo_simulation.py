"""The queue of the FIFO wall: order, exclusiveness and the window, against what can be said without simulating."""

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.fifo.scenarios import month_end, neighbours
from bench.fifo.simulation import Handled, simulate

NIGHTS = st.lists(st.tuples(st.floats(0, 100), st.integers(0, 4)), max_size=60).map(sorted)


@given(NIGHTS, st.integers(1, 5), st.floats(0.01, 5), st.integers(1, 30))
def test_every_message_is_handled_once_in_its_groups_order_and_never_two_of_a_group(
    arrivals: list[tuple[float, int]], workers: int, service: float, window: int
) -> None:
    handled = list(simulate(arrivals, workers, lambda: service, window))
    assert sorted((one.arrived, one.group) for one in handled) == arrivals
    groups: dict[int, list[Handled]] = defaultdict(list)
    for one in handled:
        groups[one.group].append(one)
    for line in groups.values():
        assert [one.arrived for one in line] == sorted(one.arrived for one in line)
        assert all(after.begun >= before.done for before, after in pairwise(line))
    for one in handled:
        assert sum(other.begun <= one.begun < other.done for other in handled) <= workers


def test_one_group_works_off_a_burst_one_after_another_whatever_the_workers() -> None:
    burst = [(0.0, 7)] * 50
    assert max(one.done for one in simulate(burst, 20, lambda: 0.1)) == pytest.approx(5.0)


def test_as_many_groups_as_workers_are_worked_on_side_by_side() -> None:
    burst = [(0.0, number % 5) for number in range(50)]
    assert max(one.done for one in simulate(burst, 5, lambda: 0.1)) == pytest.approx(1.0)


def test_behind_a_backlog_longer_than_the_window_another_group_waits() -> None:
    night = [(0.0, 0)] * 100 + [(1.0, 1)]
    beside = next(one for one in simulate(night, 2, lambda: 1.0, window=1000) if one.group == 1)
    behind = next(one for one in simulate(night, 2, lambda: 1.0, window=40) if one.group == 1)
    assert beside.begun == 1.0
    assert behind.begun == pytest.approx(61.0)  # when 40 of the hundred are left, this one among them


def test_a_burst_of_one_account_is_serial_and_of_many_customers_is_not() -> None:
    assert month_end(20_000, 1, 5, 0.5).drained == pytest.approx(20_000 * 0.5, rel=0.02)
    assert month_end(20_000, 4_000, 5, 0.5).drained < 3_700


def test_neighbours_wait_only_while_the_backlog_is_over_the_window() -> None:
    assert neighbours(5_000, 5, 0.5, window=10_000).longest_beyond == 0
    stopped = neighbours(5_000, 5, 0.5, window=1_000)
    assert stopped.longest_beyond > 60
    assert stopped.mean_below < 0.5
