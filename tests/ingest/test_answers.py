"""The answers to Stripe."""

from __future__ import annotations

import json

import pytest

from tests.ingest.support import CONNECT, NOW, PAYMENT_FAILED, THIN, Ingest, http_event, sign, signature, to_bytes

BODY = to_bytes(PAYMENT_FAILED)


def test_an_event_is_received_once_the_queue_has_it(ingest: Ingest) -> None:
    answer = ingest.post(BODY)
    assert (answer.status, answer.body) == (200, {"received": True, "id": "evt_1PaymentFailed"})
    assert [message["MessageBody"].encode() for message in ingest.sent] == [BODY]


def test_an_event_is_not_received_while_the_queue_refuses_it(ingest: Ingest) -> None:
    ingest.queue_accepts = False
    answer = ingest.post(BODY)
    assert (answer.status, answer.reason) == (503, "queue_unavailable")
    ingest.queue_accepts = True
    assert ingest.post(BODY).status == 200


def test_a_body_that_api_gateway_did_not_encode_is_the_same_body(ingest: Ingest) -> None:
    event = http_event(BODY, sign(BODY)) | {"body": BODY.decode(), "isBase64Encoded": False}
    assert ingest.post_raw(event).status == 200


@pytest.mark.parametrize("name", ["stripe-signature", "Stripe-Signature", "STRIPE-SIGNATURE"])
def test_the_header_may_be_written_in_any_case(ingest: Ingest, name: str) -> None:
    assert ingest.post_raw(http_event(BODY, None) | {"headers": {name: sign(BODY)}}).status == 200


@pytest.mark.parametrize("headers", [{}, {"headers": None}, {"headers": {"stripe-signature": None}}])
@pytest.mark.parametrize("name", ["stripe-signature", "Stripe-Signature"])
def test_the_header_may_be_among_those_with_several_values(
    ingest: Ingest, headers: dict[str, object], name: str
) -> None:
    event = http_event(BODY, None) | {"multiValueHeaders": {name: [sign(BODY)], "accept": None}} | headers
    assert ingest.post_raw(event).status == 200


def test_a_header_with_several_values_is_as_one_with_commas(ingest: Ingest) -> None:
    event = http_event(BODY, None) | {"multiValueHeaders": {"Stripe-Signature": sign(BODY).split(",")}, "headers": {}}
    assert ingest.post_raw(event).status == 200


@pytest.mark.parametrize("event", [{}, {"headers": None, "body": None, "pathParameters": None}, {"key1": "value1"}])
def test_an_event_that_is_no_http_request_is_told_what_is_missing(ingest: Ingest, event: dict[str, object]) -> None:
    answer = ingest.post_raw(event)
    assert (answer.status, answer.reason) == (400, "missing_signature")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "missing_signature"),
        ("nonsense", "malformed_signature"),
        ("t", "malformed_signature"),
        (f"v1={signature(BODY)}", "malformed_signature"),
        (f"t={NOW}", "malformed_signature"),
        (f"t={NOW},v1", "malformed_signature"),
        (f"t=soon,v1={signature(BODY)}", "malformed_signature"),
        (f"t={'9' * 5000},v1={signature(BODY)}", "malformed_signature"),
        (f"t={'9' * 4000},v1={signature(BODY)}", "wrong_signature"),
        (f"t={NOW},v0={signature(BODY)}", "malformed_signature"),
        (f"t={NOW},v1=", "wrong_signature"),
        (f"t={NOW},v1=é", "wrong_signature"),
        (f"t={NOW},v1=\ud800", "wrong_signature"),
        (f"t={NOW + 1},v1={signature(BODY)}", "wrong_signature"),
        (sign(BODY + b" "), "wrong_signature"),
        (sign(BODY, "whsec_of_somebody_else"), "wrong_signature"),
        (sign(BODY, at=NOW - 301), "stale_signature"),
    ],
)
def test_a_bad_signature_gets_400_and_its_reason(ingest: Ingest, header: str, reason: str) -> None:
    answer = ingest.post(BODY, header)
    assert (answer.status, answer.reason) == (400, reason)
    assert answer.body["error"].endswith(".")
    assert ingest.sent == []


def test_any_of_several_signatures_will_do(ingest: Ingest) -> None:
    header = f"t={NOW},v0={'0' * 64},v1=é,v1={'0' * 64},v1={signature(BODY)}"
    assert ingest.post(BODY, header).status == 200


def test_a_signature_is_good_for_exactly_five_minutes(ingest: Ingest) -> None:
    assert ingest.post(BODY, sign(BODY, at=NOW - 300)).status == 200
    ingest.now += 0.001
    assert ingest.post(BODY, sign(BODY, at=NOW - 300)).status == 400


@pytest.mark.parametrize("at", [NOW + 3600, 10**4000])
def test_a_signature_from_the_future_passes_as_it_does_in_stripes_libraries(ingest: Ingest, at: int) -> None:
    assert ingest.post(BODY, sign(BODY, at=at)).status == 200


def test_with_one_url_the_secret_says_which_endpoint_it_was(ingest: Ingest) -> None:
    assert ingest.post(BODY, sign(BODY, CONNECT)).status == 200
    assert ingest.attributes()["endpoint"] == "connect"


def test_with_a_url_of_its_own_an_endpoint_takes_only_its_own_secrets(ingest: Ingest) -> None:
    assert ingest.post(BODY, sign(BODY, CONNECT), "connect").status == 200
    answer = ingest.post(BODY, sign(BODY, CONNECT), "direct")
    assert (answer.status, answer.reason) == (400, "wrong_signature")


def test_an_unknown_endpoint_gets_404_and_what_to_do(ingest: Ingest) -> None:
    answer = ingest.post(BODY, endpoint="drect")
    assert (answer.status, answer.reason) == (404, "unknown_endpoint")
    assert "correct the URL in Stripe, or store the endpoint's secret" in answer.body["error"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"object": "charge"}, "object is neither"),
        ({"object": None}, "object is neither"),
        ({"object": ["event"]}, "object is neither"),
        ({"id": None}, "id is missing"),
        ({"id": ""}, "id is missing"),
        ({"id": 5}, "id is missing"),
        ({"id": "evt 1"}, "id is missing"),
        ({"id": "evt_1\n"}, "id is missing"),
        ({"id": "evt_é"}, "id is missing"),
        ({"id": "e" * 129}, "id is missing"),
        ({"type": None}, "type is missing"),
        ({"type": ""}, "type is missing"),
        ({"type": {"a": 1}}, "type is missing"),
        ({"type": "invoice paid"}, "type is missing"),
        ({"type": "t" * 257}, "type is missing"),
        ({"account": 5}, "account is malformed"),
        ({"account": "acct\ud800"}, "account is malformed"),
    ],
)
def test_a_signed_body_that_is_no_stripe_event_gets_400(ingest: Ingest, change: dict[str, object], why: str) -> None:
    body = json.dumps(PAYMENT_FAILED | change).encode()
    answer = ingest.post(body)
    assert (answer.status, answer.reason) == (400, "not_an_event")
    assert why in answer.body["error"]


@pytest.mark.parametrize("type_", ["reminder.payment_failed", "farewell.send", "erasure.due"])
def test_nobody_else_may_send_our_own_messages(ingest: Ingest, type_: str) -> None:
    answer = ingest.post(to_bytes(PAYMENT_FAILED | {"type": type_}))
    assert (answer.status, answer.reason) == (400, "own_type")
    assert ingest.sent == []


def test_a_thin_event_is_an_event(ingest: Ingest) -> None:
    assert ingest.post(to_bytes(THIN)).status == 200
