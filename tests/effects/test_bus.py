"""Announcements go to the bus under a stable id, and an entry that the bus refuses is not lost."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from functions.effects.perform.announcer import Bus
from shared.failures.kinds import failure_of
from tests.consumer.examples import NOW, REGION, announcement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_events import EventBridgeClient


@pytest.fixture
def bus() -> "Iterator[tuple[EventBridgeClient, Stubber]]":
    client = boto3.client("events", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()
    client.close()


def test_an_announcement_says_what_happened_to_which_record_and_when(bus: "tuple[EventBridgeClient, Stubber]") -> None:
    client, stub = bus
    entry = {
        "EventBusName": "billhook",
        "Source": "billhook",
        "DetailType": "organization.past_due",
        "Time": datetime.fromtimestamp(NOW, UTC),
        "Detail": json.dumps(
            {
                "id": "evt_1:past_due",
                "at": NOW,
                "account": "acct_1",
                "customer": "cus_1",
                "record": "acct_1#cus_1/organization",
                "version": 2,
                "facts": {"access": True, "past_due": True},
                "metadata": {},
            },
            separators=(",", ":"),
        ),
    }
    stub.add_response("put_events", {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}, {"Entries": [entry]})
    assert Bus(client, "billhook").publish([announcement()]) == "published"


def test_more_than_the_bus_takes_at_once_goes_in_several_calls(bus: "tuple[EventBridgeClient, Stubber]") -> None:
    client, stub = bus
    for size in (10, 2):
        stub.add_response("put_events", {"FailedEntryCount": 0, "Entries": []}, {"Entries": [ANY] * size})
    assert Bus(client, "billhook").publish([announcement(str(number)) for number in range(12)]) == "published"


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        ([{"EventId": "1"}, {"ErrorCode": "ThrottlingException"}], "throttled"),
        ([{"EventId": "1"}, {"ErrorCode": "InternalFailure"}], "service"),
        ([{"EventId": "1"}, {"ErrorCode": "AccessDeniedException"}], "deployment"),
        ([{"EventId": "1"}, {"ErrorCode": "MalformedDetail"}], "bug"),
        ([], "service"),
    ],
)
def test_an_entry_that_the_bus_refused_fails_as_a_call_with_its_code_would(
    bus: "tuple[EventBridgeClient, Stubber]", entries: list[dict[str, str]], kind: str
) -> None:
    client, stub = bus
    stub.add_response("put_events", {"FailedEntryCount": 1, "Entries": entries})
    with pytest.raises(ClientError) as refused:
        Bus(client, "billhook").publish([announcement("1"), announcement("2")])
    assert failure_of(refused.value).kind == kind
