"""Any message can be claimed, logged and dead-lettered: the consumer trusts nothing in its body."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.consumer.message import Message, read_message
from tests.consumer.examples import NOW, sqs_record, stripe_event

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["data", "object", "customer", "id"]), inner),
)
FIELDS = ["id", "type", "object", "account", "context", "livemode", "api_version", "data"]


def message(body: object) -> Message:
    return read_message(sqs_record(body))


def about(obj: object) -> Message:
    return message(stripe_event(data={"object": obj}))


def test_an_event_is_known_by_its_own_id_and_not_by_what_sqs_deduplicates_on() -> None:
    assert message(stripe_event("evt_1")).event_id == "evt_1"


def test_dashboard_test_events_share_an_id_and_are_told_apart_by_their_message() -> None:
    read = message(stripe_event("evt_00000000000000"))
    assert read.event_id == "evt_00000000000000:message-1"
    assert read.readable


def test_what_sqs_and_the_event_say_is_kept() -> None:
    read = message(stripe_event("evt_1"))
    assert (read.message_id, read.receipt_handle, read.group) == ("message-1", "receipt-of-message-1", "acct_1")
    assert (read.sent_ms, read.first_received_ms) == ((NOW - 5) * 1000, NOW * 1000)
    assert (read.type, read.account, read.customer) == ("invoice.payment_failed", "acct_1", "cus_1")
    assert (read.livemode, read.api_version, read.endpoint) == (True, "2026-10-28.endive", "connect")
    assert not read.thin


def test_a_message_without_group_and_endpoint_is_the_platforms() -> None:
    record = sqs_record(stripe_event(account=None))
    del record["attributes"]["MessageGroupId"], record["messageAttributes"]
    read = read_message(record)
    assert (read.group, read.account, read.endpoint) == ("platform", "platform", None)


@pytest.mark.parametrize(
    "body",
    ["", "no JSON", "[1]", '"text"', "null", "[" * 100_000, "9" * 5_000, '{"id": 7, "type": []}', '{"id": ""}'],
    ids=["empty", "no JSON", "list", "text", "null", "deep", "long number", "wrong types", "empty id"],
)
def test_a_body_that_is_no_event_is_known_by_its_message(body: str) -> None:
    read = message(body)
    assert (read.event_id, read.type, read.account) == ("message:message-1", "unreadable", "platform")
    assert (read.customer, read.livemode, read.thin, read.own) == (None, None, False, False)


@settings(max_examples=50)
@given(body=st.dictionaries(st.sampled_from(FIELDS), JSON) | JSON)
def test_no_json_at_all_stops_a_message_from_being_read(body: object) -> None:
    read = message(json.dumps(body))
    assert read.event_id
    assert read.type
    assert read.account
    assert read.livemode in {True, False, None}


def test_a_customer_is_named_by_id_or_as_a_whole_object() -> None:
    assert about({"id": "in_1", "customer": "cus_1"}).customer == "cus_1"
    assert about({"id": "in_1", "customer": {"id": "cus_1", "object": "customer"}}).customer == "cus_1"


def test_an_object_without_a_customer_names_none() -> None:
    assert about({"id": "po_1"}).customer is None
    assert about({"id": "po_1", "customer": None}).customer is None
    assert about({"id": "po_1", "customer": ["cus_1"]}).customer is None
    assert about(["po_1"]).customer is None


def test_a_thin_event_names_its_account_as_its_context() -> None:
    read = message({"id": "evt_thin", "object": "v2.core.event", "type": "v1.customer.created", "context": "acct_2"})
    assert (read.thin, read.account, read.livemode) == (True, "acct_2", None)


def test_only_our_own_schedules_send_reminders_and_farewells() -> None:
    assert message(stripe_event(type="reminder.payment_failed")).own
    assert message(stripe_event(type="farewell.due")).own
    assert not message(stripe_event(type="invoice.paid")).own
