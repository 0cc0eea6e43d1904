"""A message of the worker's names an event, and its queue names the lane."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.effects.message import LaneMessage, read_lane_message
from shared.inbox.lanes import Lane
from tests.effects.records import ARNS, record

LANES: Mapping[str, Lane] = {arn: lane for lane, arn in ARNS.items()}


def test_a_message_is_what_sqs_says_of_it() -> None:
    assert read_lane_message(record("mails", sent=100, first_received=105), LANES) == LaneMessage(
        event_id="evt_1",
        lane="mails",
        message_id="mails of evt_1",
        receipt_handle="receipt of mails of evt_1",
        sent_ms=100_000,
        first_received_ms=105_000,
    )


@pytest.mark.parametrize("lane", ["effects", "mails"])
def test_its_queue_names_the_lane(lane: Lane) -> None:
    assert read_lane_message(record(lane), LANES).lane == lane


@pytest.mark.parametrize(
    "body",
    ["", "no JSON", "[1]", '"text"', "null", "{}", '{"event": 7}', '{"event": null}', '{"event": ""}'],
)
def test_a_body_that_names_no_event_is_known_as_such(body: str) -> None:
    assert read_lane_message(record(body=body), LANES).event_id == ""


@settings(max_examples=50)
@given(body=st.text())
def test_no_text_at_all_stops_a_message_from_being_read(body: str) -> None:
    assert isinstance(read_lane_message(record(body=body), LANES).event_id, str)


def test_a_body_nested_too_deeply_is_known_as_such() -> None:
    assert read_lane_message(record(body="[" * 100_000), LANES).event_id == ""
