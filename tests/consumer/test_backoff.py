"""Messages that failed together return at different times, after a wait that suits the failure."""

import random

import pytest

from shared.failures.backoff import (
    ATTEMPTS,
    BUG,
    FAULTY_FOR,
    MINUTE,
    SERVICE,
    before_retry,
    before_uncounted,
    while_faulty,
)
from shared.values.times import HOUR
from tests.consumer.tables import property_of

RECEIVES = property_of("EventsQueue", "RedrivePolicy")["maxReceiveCount"]


def longest(_least: float, most: float) -> float:
    return most


def shortest(least: float, _most: float) -> float:
    return least


def middle(least: float, most: float) -> float:
    return (least + most) / 2


@pytest.mark.parametrize("waits", [SERVICE, BUG], ids=["service", "bug"])
def test_there_are_seven_retries_each_after_a_longer_wait(waits: tuple[int, ...]) -> None:
    assert len(waits) == ATTEMPTS - 1 == 7
    assert [before_retry(waits, attempt, longest) for attempt in range(1, 8)] == list(waits) == sorted(waits)


@pytest.mark.parametrize(
    ("waits", "total"), [(SERVICE, 5.7 * HOUR), (BUG, 2 * MINUTE)], ids=["service: 6 hours", "bug: 2 minutes"]
)
def test_all_retries_together_last_about(waits: tuple[int, ...], total: float) -> None:
    mean = sum(before_retry(waits, attempt, middle) for attempt in range(1, 8))
    assert mean == pytest.approx(total, rel=0.06)


def test_jitter_is_full_but_never_nothing() -> None:
    assert [before_retry(SERVICE, attempt, shortest) for attempt in (1, 7)] == [1, 1]
    assert before_retry(SERVICE, 1, middle) == 30


def test_a_later_attempt_than_planned_waits_as_the_last_one() -> None:
    assert before_retry(BUG, ATTEMPTS + 1, longest) == BUG[-1]


def test_a_try_that_does_not_count_waits_as_long_as_it_has_waited_up_to_an_hour() -> None:
    assert [before_uncounted(waited, longest) for waited in (0, 60, 10 * HOUR)] == [4, 60, HOUR]
    assert before_uncounted(10 * HOUR, shortest) == 2


def test_a_clock_behind_sqs_still_waits() -> None:
    assert before_uncounted(-5, longest) == 4


def test_a_deployment_at_fault_is_asked_again_within_a_minute_though_not_at_once() -> None:
    assert (while_faulty(shortest), while_faulty(longest)) == (45, MINUTE)


def test_the_receives_that_sqs_allows_last_longer_than_a_deployment_may_be_at_fault() -> None:
    assert FAULTY_FOR / while_faulty(shortest) + ATTEMPTS < RECEIVES


def test_the_receives_that_sqs_allows_outlast_a_day_of_throttling() -> None:
    jitter = random.Random(1).uniform  # noqa: S311 - the same in every run

    def outlasted() -> float:
        waited = 0.0
        for _ in range(RECEIVES):
            waited += before_uncounted(waited, jitter)
        return waited

    assert sum(outlasted() for _ in range(200)) / 200 == pytest.approx(42 * HOUR, rel=0.1)
