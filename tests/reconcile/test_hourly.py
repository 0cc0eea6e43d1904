"""An hourly run, on moto and against a server that speaks Stripe's API: what is in the queue afterwards."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.consumer.message import read_message
from functions.ingest.message import message_for
from functions.ingest.settings import Settings as IngestSettings
from functions.ingest.stripe_event import read_event
from functions.reconcile import event_types, slices
from infra import samples
from infra.endpoint_plan import types_for
from shared.errors import Permanent
from shared.queue_message import queue_message
from shared.stripe_event import stripe_event
from tests.reconcile.conftest import HOUR, NOW, House
from tests.support.stripe_lists import PLATFORM, Refusal

ACCOUNT = "acct_1Fernhill"
OTHER = "acct_1Saltmarsh"

type Lines = Callable[[], list[dict[str, Any]]]


def test_what_stripe_has_and_the_inbox_has_not_is_offered_once(house: House) -> None:
    house.begun()
    lost = house.happens(HOUR + 60)
    house.happens(HOUR + 50, accepted=True)

    assert house.run() == {"accounts": 1, "checked": 2, "missing": 1, "healed": 1}
    house.hours_pass()
    assert house.run()["missing"] == 0

    assert house.offered() == [lost]


def test_a_first_deploy_offers_nothing_however_much_stripe_lists(house: House) -> None:
    for ago in range(60, 20 * 24 * HOUR, 8 * HOUR):
        house.happens(ago)

    for _ in range(3):
        assert house.run()["missing"] == 0
        house.hours_pass()

    assert house.offered() == []
    assert house.cursors() == {}


def test_it_begins_with_the_first_event_that_was_accepted(house: House) -> None:
    house.happens(HOUR + 300)
    house.happens(HOUR + 200, accepted=True)
    lost = house.happens(HOUR + 100)

    house.run()

    assert house.offered() == [lost]


def test_of_a_stack_that_has_long_accepted_events_the_last_hour_is_checked(house: House) -> None:
    house.happens(20 * 24 * HOUR, accepted=True)
    house.happens(3 * HOUR)
    lost = house.happens(HOUR + 100)

    house.run()

    assert house.offered() == [lost]


def test_the_last_hour_is_left_to_stripe_and_the_queue(house: House) -> None:
    house.begun()
    recent = house.happens(HOUR - 1)

    house.run()
    assert house.offered() == []
    house.hours_pass()
    house.run()

    assert house.offered() == [recent]


def test_hours_without_a_run_are_made_up(house: House) -> None:
    house.begun()
    lost = [house.happens(0)]
    house.hours_pass(7)
    lost.append(house.happens(2 * HOUR))

    house.run()

    assert house.offered() == lost


@pytest.mark.parametrize("state", ["claimed", "committed", "done", "ignored", "failed"])
def test_what_the_inbox_has_in_any_state_is_left_to_it(house: House, state: str) -> None:
    house.begun()
    house.accept(house.happens(HOUR + 60), state)

    assert house.run()["missing"] == 0


def test_what_waits_in_the_queue_for_hours_is_offered_once_at_most(house: House) -> None:
    house.begun()
    waiting = house.happens(HOUR + 60)

    for _ in range(4):
        house.run()
        house.hours_pass()

    assert house.offered() == [waiting]


def test_a_gap_that_stripe_can_no_longer_fill_is_an_error_in_the_log(house: House, lines: Lines) -> None:
    house.begun()
    house.hours_pass(31 * 24)
    lost = house.happens(29 * 24 * HOUR)

    house.run()

    assert house.offered() == [lost]
    assert [line["account"] for line in lines() if line.get("level") == "ERROR"] == [PLATFORM]


def test_more_accounts_than_a_page_are_all_walked(house: House) -> None:
    accounts = [f"acct_{number}" for number in range(101)]
    for account in accounts:
        house.stripe.connect(account)
    house.begun()
    asked = {account for path, account, _ in house.stripe.requests if path == "/v1/events"}

    assert asked == {PLATFORM, *accounts}


def test_a_connected_accounts_events_are_offered_under_its_name(house: House) -> None:
    house.stripe.connect(ACCOUNT)
    house.begun(PLATFORM, ACCOUNT)
    house.happens(HOUR + 60, ACCOUNT)

    house.run()

    (message,) = house.messages()
    assert json.loads(message["Body"])["account"] == ACCOUNT
    assert message["Attributes"]["MessageGroupId"] == ACCOUNT


def test_an_account_none_of_whose_events_was_ever_accepted_is_left_alone(house: House) -> None:
    house.begun()
    house.happens(HOUR + 60, OTHER)

    house.run()

    assert house.offered() == []


def test_an_account_that_left_and_came_back_is_a_new_one(house: House) -> None:
    house.stripe.connect(ACCOUNT)
    house.begun(PLATFORM, ACCOUNT)
    house.stripe.disconnect(ACCOUNT)
    house.run()
    assert set(house.cursors()) == {PLATFORM}
    house.hours_pass(30)

    house.happens(20 * HOUR, ACCOUNT)
    house.run()

    assert house.offered() == []


def test_an_account_that_refuses_does_not_hold_up_the_others(house: House, lines: Lines) -> None:
    house.begun(PLATFORM, ACCOUNT, OTHER)
    house.stripe.refuses[ACCOUNT] = Refusal(403, "No access.", "account_invalid")
    house.happens(HOUR + 60, ACCOUNT)
    lost = house.happens(HOUR + 60, OTHER)

    house.run()

    assert house.offered() == [lost]
    assert [line["code"] for line in lines() if line.get("message") == "account refused"] == ["account_invalid"]


def test_a_key_that_may_not_list_accounts_walks_the_platform_and_says_so(house: House, lines: Lines) -> None:
    house.stripe.may_list_accounts = False
    house.begun()
    lost = house.happens(HOUR + 60)
    house.stripe.connect(ACCOUNT)

    house.run()

    assert house.offered() == [lost]
    assert "connected accounts are not walked: the key may not list them" in {line.get("message") for line in lines()}


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

    assert 0 < first < len(lost)
    assert first + house.run()["healed"] == len(lost)
    assert house.offered() == lost


def test_a_key_that_stripe_refuses_is_an_error_of_the_function(house: House, lines: Lines) -> None:
    house.secrets.put_secret_value(SecretId=house.key_id, SecretString="rk_test_revoked")

    with pytest.raises(Permanent):
        house.run()

    logged = lines()
    assert "Stripe refuses: the key must be valid and may read Events" in {line.get("message") for line in logged}
    assert "rk_test" not in json.dumps(logged)


def test_more_than_a_page_and_more_than_a_slice_are_walked_oldest_first(
    house: House, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "FULL", 150)
    house.begun()
    lost = [house.happens(2 * HOUR - 1 - at * 5) for at in range(260)]

    assert house.run()["healed"] == 260

    assert [line["event_id"] for line in lines() if line.get("message") == "healed"] == lost


def test_it_stops_in_time_and_goes_on_where_it_stopped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "FULL", 2)
    house.begun()
    lost = [house.happens(2 * HOUR - at) for at in range(1, 3000, 300)]

    house.clock.left = [600, 600, 600, 30]
    first = house.run()["healed"]
    house.clock.left = []
    second = house.run()["healed"]

    assert first > 0
    assert first + second == len(lost)
    assert house.offered() == lost


def test_accounts_that_were_not_reached_come_first_next_time(house: House) -> None:
    house.begun(PLATFORM, ACCOUNT, OTHER)
    lost = {house.happens(HOUR + 60, ACCOUNT), house.happens(HOUR + 60, OTHER)}

    house.clock.left = [600, 600, 30]
    house.run()
    house.hours_pass()
    house.clock.left = [600, 600, 30]
    house.run()

    assert set(house.offered()) == lost


def test_the_message_is_the_one_that_ingest_would_have_sent_but_for_how_it_came() -> None:
    settings_ = IngestSettings("https://queue.example/events.fifo", "secrets", "customer", "eu-central-1")
    for name in samples.names():
        event = samples.sample(name)
        body = samples.encode(event)
        sent = message_for(read_event(body), body, "direct", settings_)
        ours = queue_message(
            stripe_event(event), json.dumps(event), "reconcile", settings_.queue_url, settings_.group_by
        )

        assert json.loads(ours["MessageBody"]) == json.loads(sent["MessageBody"])
        how = {"DataType": "String", "StringValue": "reconcile"}
        attributes = {**sent["MessageAttributes"], "endpoint": how}
        assert ours == {**sent, "MessageBody": ours["MessageBody"], "MessageAttributes": attributes}


def test_the_consumer_reads_it_and_sees_how_it_came(house: House) -> None:
    house.begun()
    lost = house.happens(HOUR + 60)
    house.run()

    (message,) = house.messages()
    attributes = {name: {"stringValue": one["StringValue"]} for name, one in message["MessageAttributes"].items()}
    read = read_message(
        {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"] | {"ApproximateFirstReceiveTimestamp": "0"},
            "messageAttributes": attributes,
        }
    )

    assert (read.event_id, read.type, read.endpoint) == (lost, "invoice.paid", "reconcile")
    assert message["Attributes"]["MessageDeduplicationId"] == lost


def test_what_no_message_can_carry_is_missing_and_stays_so(house: House, lines: Lines) -> None:
    house.begun()
    event = samples.fresh("invoice.paid", house.clock.now - HOUR - 60)
    event["data"]["object"]["description"] = "x" * 2**20
    house.stripe.has(event)
    after = house.happens(HOUR + 30)

    assert house.run() == {"accounts": 1, "checked": 2, "missing": 2, "healed": 1}

    assert house.offered() == [after]
    assert [line["reason"] for line in lines() if line.get("level") == "ERROR"] == ["too_large"]


@pytest.mark.parametrize(
    ("key", "why"),
    [("none", "no API key is stored"), ("", "no API key"), ("sk_live_1", "the stored key is for live mode")],
)
def test_without_a_key_of_its_mode_it_is_off_and_says_so(house: House, lines: Lines, key: str, why: str) -> None:
    house.secrets.put_secret_value(SecretId=house.key_id, SecretString=key or " ")
    house.happens(HOUR + 60, accepted=True)

    assert house.run() == {"accounts": 0, "checked": 0, "missing": 0, "healed": 0}

    said, metrics = lines()
    assert said["message"] == "reconciliation is off"
    assert said["why"].startswith(why)
    assert metrics["Missing"] == [0.0]
    assert house.stripe.requests == []


def test_a_run_is_counted(house: House, lines: Lines) -> None:
    house.begun()
    house.happens(HOUR + 60)
    house.happens(HOUR + 50, accepted=True)
    lines()

    house.run()

    (metrics,) = [line for line in lines() if "_aws" in line]
    assert metrics["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    counted = {name: metrics[name] for name in ("service", "Checked", "Missing", "Healed")}
    assert counted == {"service": "reconcile", "Checked": [2.0], "Missing": [1.0], "Healed": [1.0]}


def test_the_log_names_events_by_id_and_tells_nothing_of_their_content(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.begun()
    event = samples.fresh("invoice.paid", house.clock.now - HOUR - 60)
    house.stripe.has(event)
    house.run()

    logged = capsys.readouterr().out
    assert event["id"] in logged
    assert event["data"]["object"]["customer_email"] not in logged


def test_the_queue_that_refuses_leaves_the_cursor_where_it_was(house: House) -> None:
    house.begun()
    lost, before = house.happens(HOUR + 60), house.cursors()
    broken = replace(house, queue=house.queue.replace("events", "gone"))

    with pytest.raises(ClientError):
        broken.run()

    assert house.cursors() == before
    house.run()
    assert house.offered() == [lost]


def test_it_looks_for_what_make_endpoint_has_stripe_send() -> None:
    assert event_types.types_of(ACCOUNT) == types_for("connect")
    assert event_types.types_of(PLATFORM) == types_for("direct")


def test_no_call_hides_what_was_delivered_and_lost(house: House) -> None:
    house.begun()
    assert all("delivery_success" not in asked for _, _, asked in house.stripe.requests)
    lengths = {len(asked["types"]) for path, _, asked in house.stripe.requests if path == "/v1/events"}
    assert max(lengths) == 20


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=40), st.integers(0, 400), st.integers(0, 400), st.integers(1, 7))
def test_slices_hold_each_event_of_their_range_once_and_in_order(
    created: list[int], since: int, until: int, full: int
) -> None:
    there: list[dict[str, Any]]
    there = [{"id": f"evt_{at}", "created": NOW + second} for at, second in enumerate(sorted(created))]

    def listed(first: int, last: int) -> Any:  # noqa: ANN401 - an iterator
        return iter([event for event in reversed(there) if first <= event["created"] <= last])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "FULL", full)
        parts = list(slices.slices(listed, NOW + since, NOW + until))

    wanted = [event for event in there if NOW + since <= event["created"] <= NOW + until]
    assert [event for part in parts for event in part.events] == wanted
    for part in parts:
        assert len(part.events) <= full or len({event["created"] for event in part.events}) == 1
    assert [part.until for part in parts][-1:] == ([NOW + until] if since <= until else [])
