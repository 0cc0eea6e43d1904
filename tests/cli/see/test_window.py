"""A window of the time index has every event that entered in it, the newest first, up to a stated number."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cli.see.inbox import Tables
from cli.see.window import Window, older_are_missing, window
from cli.where import Where
from shared.inbox.entered import SHARDS
from shared.values.times import HOUR
from tests.cli.operator_at_work import Operator
from tests.consumer.examples import NOW, only_save

WHERE = Where("billhook")
BEGAN = NOW - NOW % HOUR
"""The begin of an hour."""


@pytest.fixture
def tables(at_work: Operator) -> Tables:
    """Twelve events, one each ten minutes from the begin of an hour on."""
    at_work.world.decide = only_save
    for number in range(12):
        at_work.world.clock.now = BEGAN + number * 600
        at_work.world.consume(f"message {number}", f"evt_a{number}")
    return Tables(at_work.world.store.client, "billhook")


def names(tables: Tables, since: float, until: float, most: int = 100) -> list[str]:
    return [entry["id"] for entry in window(tables, since, until, most).entries]


def test_the_events_of_several_hours_and_shards_come_in_order(tables: Tables) -> None:
    assert names(tables, BEGAN, BEGAN + 2 * HOUR) == [f"evt_a{number}" for number in reversed(range(12))]


def test_both_ends_belong_to_the_window(tables: Tables) -> None:
    assert names(tables, BEGAN + 600, BEGAN + 1800) == ["evt_a3", "evt_a2", "evt_a1"]


def test_a_window_of_more_events_than_are_looked_at_keeps_the_newest_and_says_so(tables: Tables) -> None:
    found = window(tables, BEGAN, BEGAN + 2 * HOUR, most=5)
    assert [entry["id"] for entry in found.entries] == [f"evt_a{number}" for number in (11, 10, 9, 8, 7)]
    assert found.since == BEGAN + 7 * 600
    assert "the newest 5 that one answer looks at" in str(found)


def test_an_older_hour_is_not_read_once_enough_are_found(at_work: Operator, tables: Tables) -> None:
    at_work.calls.clear()
    window(tables, BEGAN - 100 * HOUR, BEGAN + 2 * HOUR, most=5)
    assert at_work.calls["Query"] == 2 * SHARDS


def test_an_event_that_is_delivered_again_stays_where_it_entered(at_work: Operator, tables: Tables) -> None:
    at_work.fails_at("evt_new")
    at_work.world.clock.now += 5 * HOUR
    at_work.fails_at("evt_new")
    assert at_work.world.inbox("evt_new")["entered_ms"] == (BEGAN + 11 * 600) * 1000
    assert names(tables, BEGAN + 3 * HOUR, BEGAN + 9 * HOUR) == []


def test_a_window_that_begins_after_the_last_change_of_the_table_lacks_nothing(at_work: Operator) -> None:
    at_work.changed = datetime.fromtimestamp(NOW - 10 * HOUR, UTC)
    assert not older_are_missing(WHERE, Window(NOW - 9 * HOUR, NOW, [], full=False))


def test_a_window_that_begins_before_it_may_lack_events_unless_an_older_one_is_there(at_work: Operator) -> None:
    at_work.changed = datetime.fromtimestamp(NOW - HOUR, UTC)
    week = Window(NOW - 168 * HOUR, NOW, [], full=False)
    assert "no event from before 18 Nov 2026 10:06:40 UTC" in older_are_missing(WHERE, week)
    older = {"id": "evt_1", "entered_ms": (NOW - 4 * HOUR) * 1000}
    assert "no event from before 18 Nov 2026 07:06:40 UTC" in older_are_missing(WHERE, replace(week, entries=[older]))
    oldest = {"id": "evt_1", "entered_ms": int((week.since + 60) * 1000)}
    assert not older_are_missing(WHERE, replace(week, entries=[oldest]))


def test_without_the_right_to_ask_cloudformation_the_oldest_event_is_named(at_work: Operator) -> None:
    found = Window(NOW - 9 * HOUR, NOW, [{"id": "evt_1", "entered_ms": NOW * 1000}], full=False)
    assert "from before 18 Nov 2026 11:06:40 UTC" in older_are_missing(WHERE, found)
    assert dict(at_work.calls) == {"DescribeStackResource": 1}
