"""Events are found by filters without a scan: by the time index, by that of unfinished events, or by their customer."""

import pytest

from shared.values.times import DAY
from tests.cli.operator_at_work import SHAPE, Operator
from tests.consumer.examples import only_save, tell_and_remind

OURS = ("customer:cus_1", "account:acct_1")
WAITING = "state:unfinished"


def ids(at_work: Operator, *filters: str, code: int = 0) -> list[str]:
    return [item["id"] for item in at_work.reads("events", *filters, code=code)]


def test_a_failed_event_is_found_with_its_error(at_work: Operator) -> None:
    assert at_work.fails_at("evt_1") == "failed"
    said = at_work.types("events", "state:failed")
    assert "evt_1" in said
    assert "given up after 1 attempt, it lies in dlq.fifo: Permanent invoice_int_parsing at amount_remaining" in said
    assert "1 of 1 unfinished events" in said


def test_a_retried_event_is_found_until_it_is_committed(at_work: Operator) -> None:
    assert at_work.fails_at("evt_1", KeyError("x")) == "retry"
    assert ids(at_work, "state:claimed") == ["evt_1"]
    at_work.world.decide = only_save
    at_work.world.clock.now += 60
    at_work.world.consume("message of evt_1", "evt_1")
    assert ids(at_work, WAITING, code=1) == []


def test_a_redriven_event_that_owes_something_stays_until_that_is_done(at_work: Operator) -> None:
    at_work.fails_at("evt_1")
    at_work.world.decide = tell_and_remind
    at_work.world.consume("redriven", "evt_1")
    assert ids(at_work, "state:committed") == ["evt_1"]
    assert "mails: still owed" in at_work.types("events")
    at_work.world.work_all()
    assert ids(at_work, WAITING, code=1) == []


def test_a_redriven_event_that_fails_again_is_found_since_its_first_failure(at_work: Operator) -> None:
    at_work.fails_at("evt_1")
    first = at_work.world.inbox()["committed_ms"]
    at_work.world.clock.now += 3600
    at_work.fails_at("evt_1")
    assert at_work.world.inbox()["committed_ms"] == first


def test_finished_events_are_found_by_their_customer(at_work: Operator) -> None:
    at_work.world.decide = only_save
    at_work.world.consume("m1", "evt_1")
    at_work.world.consume("m2", "evt_2")
    assert sorted(ids(at_work, *OURS)) == ["evt_1", "evt_2"]
    assert ids(at_work, *OURS, "type:charge.*", code=1) == []
    assert "2 events of cus_1 of acct_1" in at_work.types("events", *OURS)


def test_an_event_that_took_its_plain_way_never_enters_the_index(at_work: Operator) -> None:
    at_work.world.decide = only_save
    at_work.world.consume("m1", "evt_1")
    assert not {"unfinished", "committed_ms"} & at_work.world.inbox().keys()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["account:acct_2"], ["evt_2"]),
        (["type:charge.*"], ["evt_2"]),
        (["error:AMOUNT"], ["evt_1", "evt_2"]),
        (["error:nothing"], []),
        (["type:invoice.*", "state:failed"], ["evt_1"]),
        (["state:failed", "since:2030-01-01"], []),
        (["state:failed", "since:2020-01-01"], ["evt_1", "evt_2"]),
        (["since:7d"], ["evt_1", "evt_2"]),
        (["state:done"], []),
        (["since:7d", "type:charge.*", "account:acct_1"], []),
        ([WAITING], ["evt_1", "evt_2"]),
    ],
    ids=str,
)
def test_all_filters_must_hold(at_work: Operator, filters: list[str], found: list[str]) -> None:
    at_work.fails_at("evt_1")
    at_work.fails_at("evt_2", SHAPE, account="acct_2", type="charge.refunded")
    assert sorted(ids(at_work, *filters, code=0 if found else 1)) == found


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("failed", "failed is no filter"),
        ("state:lost", "state:lost is no state"),
        ("account:cus_1", "say customer:"),
        ("since:soon", "is no time"),
        ("since:32d", "say since:31d, or customer:cus_…"),
        ("state:", "is no filter"),
    ],
)
def test_a_filter_that_cannot_be_is_explained(at_work: Operator, word: str, why: str) -> None:
    assert why in at_work.types("events", word, code=1)


def test_more_than_the_limit_are_counted_and_the_newest_are_shown(at_work: Operator) -> None:
    for number in range(4):
        at_work.fails_at(f"evt_{number}")
    said = at_work.types("events", WAITING, "--limit", "3")
    assert "4 of 4 unfinished events; --limit 4 shows them all" in said
    assert said.count("received") == 3


def test_unfinished_events_cost_eight_queries_and_one_read_of_a_hundred_items(at_work: Operator) -> None:
    at_work.fails_at("evt_1")
    at_work.types("events", WAITING)
    assert dict(at_work.calls) == {"Query": 8, "BatchGetItem": 1}


def test_finished_events_of_all_customers_are_found_by_the_time_of_their_entry(at_work: Operator) -> None:
    at_work.world.decide = only_save
    for number, account in enumerate(("acct_1", "acct_2")):
        at_work.world.consume(f"m{number}", f"evt_{number + 1}", account=account)
        at_work.world.clock.now += DAY
    assert ids(at_work, "state:done", "since:3d") == ["evt_2", "evt_1"]
    assert ids(at_work) == ["evt_2"]
    assert ids(at_work, "since:3d", "account:acct_1") == ["evt_1"]
    said = at_work.types("events", "since:3d", "type:charge.*", code=1)
    assert "0 of 2 events that entered from 17 Nov 2026" in said


def test_a_state_is_as_it_stands_now_and_not_as_it_was_when_the_event_entered(at_work: Operator) -> None:
    at_work.world.decide = tell_and_remind
    at_work.world.consume()
    at_work.world.work_all()
    assert ids(at_work, "state:done") == ["evt_1"]


def test_events_from_before_the_time_index_are_said_to_be_missing(at_work: Operator) -> None:
    at_work.world.decide = only_save
    at_work.world.consume()
    assert "may know no event from before 18 Nov 2026" in at_work.types("events", "since:7d")
    assert "may know no event" not in at_work.types("events", "since:1m")
