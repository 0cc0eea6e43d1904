"""The message that ingest puts into the queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.messages.sqs_rules import MAX_BYTES, escape_refused, message_size
from tests.ingest.support import PAYMENT_FAILED, THIN, Ingest, to_bytes

if TYPE_CHECKING:
    from shared.messages.envelope import GroupBy


def group(event: dict[str, Any], group_by: GroupBy = "customer") -> str:
    ingest = Ingest(group_by=group_by)
    assert ingest.post(to_bytes(event)).status == 200
    return ingest.sent[0]["MessageGroupId"]


def with_object(**fields: object) -> dict[str, Any]:
    return PAYMENT_FAILED | {"account": "acct_1", "data": {"object": fields}}


def test_the_console_shows_what_an_engineer_looks_for(ingest: Ingest) -> None:
    ingest.post(to_bytes(PAYMENT_FAILED | {"account": "acct_1"}))
    assert ingest.attributes() == {
        "type": "invoice.payment_failed",
        "account": "acct_1",
        "livemode": "false",
        "api_version": "2025-03-31.basil",
        "endpoint": "direct",
        "request_id": "req_1",
    }


def test_a_thin_event_shows_the_same_where_it_has_it(ingest: Ingest) -> None:
    ingest.post(to_bytes(THIN))
    assert ingest.attributes() == {
        "type": "v1.customer.created",
        "account": "acct_1",
        "livemode": "true",
        "endpoint": "direct",
        "request_id": "req_2",
    }


@pytest.mark.parametrize(
    "change",
    [
        dict.fromkeys(["account", "livemode", "api_version", "request"]),
        {"account": "", "api_version": "", "request": {"id": ""}, "livemode": ""},
        {"api_version": 5, "request": {"id": None}, "livemode": 1},
        {"api_version": "\ud800", "request": {"id": ["req_1"]}, "livemode": "true"},
        {"api_version": "a" * 129, "request": [], "livemode": None},
    ],
)
def test_what_is_null_or_unfit_is_left_out(ingest: Ingest, change: dict[str, object]) -> None:
    assert ingest.post(json.dumps(PAYMENT_FAILED | change).encode()).status == 200
    assert ingest.attributes() == {"type": "invoice.payment_failed", "endpoint": "direct"}


def test_the_event_id_is_the_deduplication_id(ingest: Ingest) -> None:
    ingest.post(to_bytes(PAYMENT_FAILED))
    assert ingest.sent[0]["MessageDeduplicationId"] == "evt_1PaymentFailed"


def test_test_events_of_the_dashboard_share_an_id_and_are_no_repetitions(ingest: Ingest) -> None:
    for _ in range(2):
        assert ingest.post(to_bytes(PAYMENT_FAILED | {"id": "evt_00000000000000"})).status == 200
    first, second = (sent["MessageDeduplicationId"] for sent in ingest.sent)
    assert first != second


@pytest.mark.parametrize("group_by", ["account", "customer"])
def test_one_accounts_events_of_no_customer_are_one_group(group_by: GroupBy) -> None:
    payout = with_object(id="po_1", object="payout")
    assert group(payout, group_by) == "acct_1"
    assert group(payout | {"account": None}, group_by) == "platform"


def test_by_default_an_accounts_customers_share_its_group() -> None:
    assert group(PAYMENT_FAILED, "account") == "platform"
    assert group(with_object(object="invoice", customer="cus_1"), "account") == "acct_1"
    assert group(THIN, "account") == "acct_1"


@pytest.mark.parametrize(
    "fields",
    [
        {"object": "invoice", "customer": "cus_1"},
        {"object": "invoice", "customer": {"id": "cus_1", "object": "customer"}},
        {"object": "customer", "id": "cus_1"},
    ],
)
def test_by_parameter_each_customer_has_a_group(fields: dict[str, object]) -> None:
    assert group(with_object(**fields)) == "acct_1#cus_1"


def test_by_parameter_a_customer_of_the_platforms_own_has_a_group_too() -> None:
    assert group(PAYMENT_FAILED) == "platform#cus_1"


def test_a_thin_event_about_a_customer_is_in_the_customers_group() -> None:
    assert group(THIN) == "acct_1#cus_2"
    assert group(THIN | {"related_object": {"id": "in_1", "type": "invoice"}}) == "acct_1"


@pytest.mark.parametrize("customer", [None, "", 5, ["cus_1"], {}, {"id": 5}, "cus 1", "c" * 127])
def test_a_customer_that_sqs_would_not_take_leaves_the_accounts_group(customer: object) -> None:
    assert group(with_object(object="invoice", customer=customer)) == "acct_1"


def test_characters_that_sqs_refuses_are_escaped_and_all_others_travel_as_they_came(ingest: Ingest) -> None:
    body = to_bytes(PAYMENT_FAILED | {"metadata": {"odd": "\ufffe\uffff", "fine": "é\x7f\x85\U0001fffe\U0001f600"}})
    assert ingest.post(body).status == 200
    sent = ingest.sent[0]["MessageBody"]
    assert sent == body.decode().replace("\ufffe\uffff", r"\ufffe\uffff")
    assert json.loads(sent) == json.loads(body)


@settings(deadline=None)
@given(st.dictionaries(st.text(), st.text(st.characters() | st.sampled_from("\\\ufffe\uffff\"'"))))
def test_escaping_never_changes_what_json_says(value: dict[str, str]) -> None:
    text = json.dumps(value, ensure_ascii=False)
    escaped = escape_refused(text)
    assert json.loads(escaped) == json.loads(text)
    assert not {"\ufffe", "\uffff"} & set(escaped)


def test_a_name_that_is_repeated_counts_as_last_said_as_in_the_consumer(ingest: Ingest) -> None:
    body = to_bytes(PAYMENT_FAILED).replace(b"{", b'{"type": "reminder.x", "id": "evt_other",', 1)
    assert ingest.post(body).status == 200
    assert ingest.attributes()["type"] == json.loads(body)["type"] == "invoice.payment_failed"


def test_white_space_around_an_event_travels_with_it(ingest: Ingest) -> None:
    body = b"\r\n\t " + to_bytes(PAYMENT_FAILED) + b"\n \t\r"
    assert ingest.post(body).status == 200
    assert ingest.sent[0]["MessageBody"].encode() == body


def sized(size: int) -> bytes:
    """An event whose message has this many bytes, with a name of two-byte characters to catch who counts characters."""
    ingest = Ingest()
    event = PAYMENT_FAILED | {"description": "é"}
    ingest.post(to_bytes(event))
    missing = size - message_size(ingest.sent[0])
    return to_bytes(event | {"description": "é" + "x" * missing})


def test_a_message_of_exactly_sqss_limit_is_sent(ingest: Ingest) -> None:
    assert ingest.post(sized(MAX_BYTES)).status == 200
    message = ingest.sent[0]
    attributes = [
        (name, value["DataType"], value["StringValue"]) for name, value in message["MessageAttributes"].items()
    ]
    counted = message["MessageBody"] + "".join("".join(parts) for parts in attributes)
    assert len(counted.encode()) == 1_048_576


@pytest.mark.parametrize("size", [MAX_BYTES + 1, MAX_BYTES + 1000, 5_000_000])
def test_a_larger_one_gets_413(ingest: Ingest, size: int) -> None:
    answer = ingest.post(sized(size))
    assert (answer.status, answer.reason) == (413, "too_large")
    assert ingest.sent == []


def test_escaping_counts_towards_the_limit(ingest: Ingest) -> None:
    answer = ingest.post(sized(MAX_BYTES - 2).replace("é".encode(), "\uffff".encode()))
    assert (answer.status, answer.reason) == (413, "too_large")
