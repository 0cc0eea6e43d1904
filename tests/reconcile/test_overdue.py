"""Effects without an active worker are handed over again, each lane at its own time."""

import json
from typing import Any

import pytest

from functions.reconcile.overdue import KEPT, LATE, UnfinishedEvents
from shared.inbox.lanes import LANES, Lane
from shared.inbox.unfinished import shard_of
from shared.tables.attributes import to_item
from tests.reconcile.conftest import HOUR, NOW, System

DAY = 24 * HOUR


def owe(system: System, event_id: str = "evt_1", ago: float = 5 * HOUR, **attributes: Any) -> None:  # noqa: ANN401 - plain values
    """An event that was committed `ago` seconds ago; by default both lanes are owed and no worker has begun."""
    item: dict[str, Any] = {
        "id": event_id,
        "state": "committed",
        "account": "acct_1",
        "committed_ms": int((system.clock.now - ago) * 1000),
        "unfinished": shard_of(event_id),
        **{f"{lane}_owed": True for lane in LANES},
    }
    system.dynamodb.put_item(TableName=system.inbox, Item=to_item(item | attributes))


def told(system: System, lane: Lane) -> list[str]:
    """The events that the worker was told about in a lane."""
    url = system.effects if lane == "effects" else system.mails
    messages = system.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"])["event"] for message in messages]


def put_off(system: System, event_id: str) -> None:
    """The worker has taken the mails' message of an event, and waits with it."""
    system.sqs.send_message(QueueUrl=system.mails, MessageBody=json.dumps({"event": event_id}))
    system.sqs.receive_message(QueueUrl=system.mails, VisibilityTimeout=12 * HOUR)


def lose(system: System) -> None:
    """Somebody deletes the messages of all mails."""
    for message in system.sqs.receive_message(QueueUrl=system.mails, MaxNumberOfMessages=10).get("Messages", []):
        system.sqs.delete_message(QueueUrl=system.mails, ReceiptHandle=message["ReceiptHandle"])


def test_a_lost_hand_over_is_repeated(system: System) -> None:
    owe(system)
    assert system.run()["handed_over"] == 2
    assert (told(system, "effects"), told(system, "mails")) == (["evt_1"], ["evt_1"])


def test_it_needs_no_key_of_stripes(system: System) -> None:
    system.secrets.put_secret_value(SecretId=system.key_id, SecretString="none")
    owe(system)
    assert system.run()["handed_over"] == 2


@pytest.mark.parametrize("lane", LANES)
def test_a_lane_has_its_time_before_it_counts_as_lost(system: System, lane: Lane) -> None:
    (other,) = set(LANES) - {lane}
    owe(system, "evt_1", LATE[lane], **{f"{other}_owed": None})
    assert system.run()["handed_over"] == 0
    system.clock.now += 1
    assert system.run()["handed_over"] == 1


@pytest.mark.parametrize(
    "holder",
    [
        {"lease_until": 0, "not_before": NOW - HOUR},
        {"lease_until": NOW - HOUR},
        {"lease_until": 0, "failed_ms": (NOW - 5 * HOUR) * 1000, "sent_ms": (NOW - 6 * HOUR) * 1000},
    ],
    ids=["waits for its next try", "is leased", "lies in its dead-letter queue"],
)
def test_a_lane_is_left_alone_while_it(system: System, holder: dict[str, int]) -> None:
    owe(system, mails_owed=None, effects_holder={"token": "a", **holder})
    assert system.run()["handed_over"] == 0


@pytest.mark.parametrize("lane", LANES)
def test_the_oldest_dead_letter_is_told_by_when_it_was_sent(system: System, lane: Lane) -> None:
    for number, days in enumerate((9, 11, 1)):
        holder = {
            "token": "a",
            "lease_until": 0,
            "failed_ms": (NOW - HOUR) * 1000,
            "sent_ms": (NOW - days * DAY) * 1000,
        }
        held: dict[str, Any] = {f"{lane}_holder": holder}
        owe(system, f"evt_{number}", **held)
    (other,) = set(LANES) - {lane}
    totals = system.run()
    assert (totals[f"dead_{lane}_s"], totals[f"dead_{other}_s"]) == (11 * DAY, 0)


def test_a_dead_letter_that_sqs_has_deleted_is_none(system: System) -> None:
    owe(system, mails_holder={"token": "a", "lease_until": 0, "failed_ms": 1, "sent_ms": (NOW - KEPT - 1) * 1000})
    assert system.run()["dead_mails_s"] == 0


def test_a_lane_that_is_only_leased_has_no_dead_letter(system: System) -> None:
    owe(system, mails_holder={"token": "a", "lease_until": NOW + HOUR, "sent_ms": (NOW - 11 * DAY) * 1000})
    assert system.run()["dead_mails_s"] == 0


def test_a_lane_that_the_worker_has_touched_lately_is_left_alone(system: System) -> None:
    owe(system, effects_ms=(NOW - HOUR) * 1000, mails_ms=(NOW - HOUR) * 1000)
    assert system.run()["handed_over"] == 0


def test_every_shard_and_more_than_one_page_of_items_is_read(system: System) -> None:
    for number in range(230):
        owe(system, f"evt_{number}", mails_owed=None)
    assert system.run()["handed_over"] == 230


def test_what_is_finished_is_not_in_the_index(system: System) -> None:
    owe(system, state="done", unfinished=None)
    assert system.run()["handed_over"] == 0


def test_mails_that_all_have_their_message_get_another_once_a_day(system: System) -> None:
    for number in range(3):
        owe(system, f"evt_{number}", ago=60, effects_owed=None)
        put_off(system, f"evt_{number}")
    counted = []
    for _ in range(72):
        system.hours_pass()
        counted.append(system.run()["handed_over"])
    assert [(hour, number) for hour, number in enumerate(counted, 1) if number] == [(24, 3), (49, 3)]


def test_newer_mails_with_their_messages_do_not_hide_a_lost_one(system: System) -> None:
    owe(system, "evt_lost", effects_owed=None)
    owe(system, "evt_new", ago=600, effects_owed=None)
    put_off(system, "evt_new")
    assert system.run()["handed_over"] == 1


def test_what_is_handed_over_leaves_half_of_the_run_to_stripe(system: System) -> None:
    for number in range(50):
        owe(system, f"evt_{number}", mails_owed=None)
    system.clock.left = [600, 400, 301, 299]
    assert system.run()["handed_over"] == 2
    system.clock.left = []
    assert system.run()["handed_over"] == 48


def test_if_the_queue_holds_fewer_than_are_owed_all_that_are_overdue_get_one(system: System) -> None:
    for number in range(3):
        owe(system, f"evt_{number}", effects_owed=None)
    put_off(system, "evt_1")
    assert system.run()["handed_over"] == 3
    system.hours_pass(9)
    assert system.run()["handed_over"] == 0


def test_if_no_worker_takes_the_messages_the_overdue_are_told_and_the_alarm_sounds(system: System) -> None:
    owe(system, effects_owed=None)
    system.sqs.send_message(QueueUrl=system.mails, MessageBody="lies there")
    assert system.run()["handed_over"] == 1


def test_a_dead_letter_needs_no_message_in_the_queue(system: System) -> None:
    holder = {"token": "a", "lease_until": 0, "failed_ms": (NOW - HOUR) * 1000, "sent_ms": (NOW - HOUR) * 1000}
    owe(system, "evt_dead", mails_holder=holder, effects_owed=None)
    owe(system, "evt_waits", effects_owed=None)
    put_off(system, "evt_waits")
    assert system.run()["handed_over"] == 0


def test_mails_whose_messages_are_lost_again_and_again_get_few_in_three_days(system: System) -> None:
    owe(system, ago=60, effects_owed=None)
    handed_over = 0
    for _ in range(72):
        system.hours_pass()
        handed_over += system.run()["handed_over"]
        lose(system)
    assert handed_over == 4  # 4, 8, 16 and 32 hours after the time before


def test_a_lane_that_moved_since_its_last_hand_over_begins_its_intervals_anew(system: System) -> None:
    moved: dict[str, Any] = {"effects_ms": (NOW - 2 * HOUR) * 1000}
    owe(system, ago=90 * HOUR, mails_owed=None, effects_again={"at": NOW - 40 * HOUR, "times": 6}, **moved)
    assert system.run()["handed_over"] == 1


def test_what_was_finished_meanwhile_is_not_noted(system: System) -> None:
    inbox = UnfinishedEvents(system.dynamodb, system.inbox)
    inbox.note("evt_gone", "mails", NOW, 1)
    assert "Item" not in system.dynamodb.get_item(TableName=system.inbox, Key=to_item({"id": "evt_gone"}))
