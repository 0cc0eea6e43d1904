"""A move takes the chosen dead letters of a queue, in order and unchanged, and leaves the others where they are."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from cli.operate.move_some import INVISIBLE, Move
from tests.cli.why.queues import DLQ, SOURCE, KilledError, Queues


def move(queues: Queues, *wanted: str, most: int = 1000) -> Move:
    return Move(queues, DLQ, SOURCE, frozenset(wanted), lambda sent: len(sent) < most)


def ids(queues: Queues, url: str, group: str | None = None) -> list[str]:
    return [json.loads(one.body)["id"] for one in queues.lying[url] if group in {None, one.group}]


def first_time(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))


@pytest.fixture
def queues() -> Queues:
    """Two groups with matches among others, and one group without a match."""
    made = Queues()
    for event_id, group in (
        ("a1", "A"),
        ("x1", "A"),
        ("b1", "B"),
        ("a2", "A"),
        ("y1", "C"),
        ("x2", "B"),
        ("b2", "B"),
        ("a3", "A"),
    ):
        made.dies(event_id, group, mac=f"signed {event_id}")
    return made


WANTED = ("a1", "a2", "a3", "b1", "b2")
CALLS = 40


def test_the_chosen_go_back_in_the_order_of_their_group_and_the_others_stay(queues: Queues) -> None:
    moved = move(queues, *WANTED)
    moved.run()
    assert (ids(queues, SOURCE, "A"), ids(queues, SOURCE, "B")) == (["a1", "a2", "a3"], ["b1", "b2"])
    assert sorted(moved.sent) == sorted(WANTED)
    assert ids(queues, DLQ) == ["x1", "y1", "x2"]


def test_what_stays_can_be_received_at_once(queues: Queues) -> None:
    move(queues, *WANTED).run()
    found = queues.receive_message(QueueUrl=DLQ, VisibilityTimeout=0)["Messages"]
    assert {one["MessageId"] for one in found} == {one.id for one in queues.lying[DLQ]}


def test_bodies_groups_and_signatures_stay_as_they_are() -> None:
    queues, body = Queues(), '{"id":"a1", "type":"invoice.paid" , "name":"\\u00e4 \U0001f600"}'
    queues.dies("a1", "platform#cus_1", body, mac="0f" * 32, endpoint="direct")
    move(queues, "a1").run()
    (sent,) = queues.lying[SOURCE]
    assert (sent.body, sent.group) == (body, "platform#cus_1")
    assert {name: one["StringValue"] for name, one in sent.attributes.items()} == {
        "mac": "0f" * 32,
        "endpoint": "direct",
    }


def test_a_message_that_was_sent_a_minute_ago_is_not_dropped_as_a_repetition() -> None:
    queues = Queues()
    queues.send_message(QueueUrl=SOURCE, MessageBody='{"id": "a1"}', MessageGroupId="A", MessageDeduplicationId="a1")
    queues.lying[DLQ], queues.lying[SOURCE] = queues.lying[SOURCE], []  # it failed at once
    queues.now += 60
    move(queues, "a1").run()
    assert (ids(queues, SOURCE), ids(queues, DLQ)) == (["a1"], [])


def test_ten_others_at_the_head_of_a_group_hide_its_matches_and_nothing_else() -> None:
    queues = Queues()
    for number in range(10):
        queues.dies(f"x{number}", "A")
    queues.dies("a1", "A")
    queues.dies("b1", "B")
    moved = move(queues, "a1", "b1")
    moved.run()
    assert moved.sent == ["b1"]
    assert len(ids(queues, DLQ)) == 11
    queues.lying[DLQ].pop(0)  # one of the head is redriven
    move(queues, "a1").run()
    assert ids(queues, SOURCE) == ["b1", "a1"]


def test_nine_others_at_the_head_hide_nothing_however_many_groups_there_are() -> None:
    queues, wanted = Queues(), []
    for group in range(30):
        for number in range(9):
            queues.dies(f"x{group}.{number}", f"G{group}")
        for number in range(4):
            wanted.append(f"a{group}.{number}")
            queues.dies(wanted[-1], f"G{group}")
    moved = move(queues, *wanted)
    moved.run()
    assert sorted(moved.sent) == sorted(wanted)


def test_it_ends_as_soon_as_nothing_is_left_to_find(queues: Queues) -> None:
    move(queues, "a1").run()
    assert queues.calls.count("receive") == 1


@pytest.mark.parametrize("most", [0, 1, 3])
def test_it_stops_between_two_messages_and_puts_back_what_it_holds(queues: Queues, most: int) -> None:
    moved = move(queues, *WANTED, most=most)
    moved.run()
    assert len(moved.sent) == most
    assert not [one for one in queues.lying[DLQ] if one.visible_at > queues.now]
    move(queues, *WANTED).run()
    assert (ids(queues, SOURCE, "A"), ids(queues, SOURCE, "B")) == (["a1", "a2", "a3"], ["b1", "b2"])


class Slow(Queues):
    """Every receive takes so long that what was held is visible again."""

    def receive_message(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's
        self.now += INVISIBLE + 1
        return super().receive_message(**asked)


def test_it_ends_although_what_it_holds_comes_again() -> None:
    queues = Slow()
    for group in range(5):
        queues.dies(f"x{group}", f"G{group}")
    moved = move(queues, "not there")
    moved.run()
    assert moved.sent == []
    assert queues.calls.count("receive") < 50


def test_a_pace_is_kept(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("cli.operate.move_some.time.sleep", waits.append)
    moved = move(queues, *WANTED)
    moved.pace = 4
    moved.run()
    assert len(waits) == len(WANTED)
    assert all(0.2 < wait <= 0.25 for wait in waits)


def test_the_crashes_below_meet_every_call(queues: Queues) -> None:
    move(queues, *WANTED).run()
    assert len(queues.calls) <= CALLS


@pytest.mark.parametrize("later", [INVISIBLE, 400], ids=["within five minutes", "later"])
@pytest.mark.parametrize("calls", range(CALLS))
def test_killed_after_any_call_nothing_is_lost_and_the_order_holds(queues: Queues, calls: int, later: int) -> None:
    queues.kill_after = calls
    killed = False
    try:
        move(queues, *WANTED).run()
    except KilledError:
        killed = True
    queues.revive(later)
    move(queues, *WANTED).run()
    assert ids(queues, DLQ) == ["x1", "y1", "x2"]
    for group, matches in (("A", ["a1", "a2", "a3"]), ("B", ["b1", "b2"])):
        assert first_time(ids(queues, SOURCE, group)) == matches
    copies = len(ids(queues, SOURCE)) - len(WANTED)
    assert copies <= killed  # the one between its send and its delete
    assert copies == 0 or later > 300
