"""Bytes that Stripe could never send get 400: never a 5xx, and never a stack trace."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.ingest import authentication
from shared.messages.sqs_rules import MAX_BYTES
from tests.ingest.support import PAYMENT_FAILED, Ingest, http_event, sign, to_bytes

NEVER_JSON = {
    "nothing": b"",
    "white space": b" \n" * 1000,
    "invalid UTF-8": b'{"id": "\xff\xfe"}',
    "a surrogate in UTF-8": b'{"id": "\xed\xa0\x80"}',
    "UTF-16": json.dumps(PAYMENT_FAILED).encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + to_bytes(PAYMENT_FAILED),
    "an array": b"[]",
    "an array of events": to_bytes([PAYMENT_FAILED]),
    "a string": b'"evt_1"',
    "a number": b"1" * 10_000,
    "null": b"null",
    "an object cut short": to_bytes(PAYMENT_FAILED)[:-1],
    "two objects": to_bytes(PAYMENT_FAILED) * 2,
    "1 MB of [": b"[" * 1_000_000,
    "1 MB of [ in an object": b'{"id":' + b"[" * 1_000_000,
    "objects nested too deep": b'{"a":' * 170_000,
    "a control character": b'{"id": "evt_\x00"}',
    "NaN": b'{"object": "event", "id": "evt_1", "type": "a", "amount": NaN}',
    "Infinity": b'{"object": "event", "id": "evt_1", "type": "a", "amount": -Infinity}',
    "an integer of 5000 digits": b'{"object": "event", "id": "evt_1", "type": "a", "amount": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("body", NEVER_JSON.values(), ids=NEVER_JSON.keys())
@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "unsigned"])
def test_a_body_that_is_no_json_object_gets_400(ingest: Ingest, body: bytes, *, is_signed: bool) -> None:
    answer = ingest.post(body, sign(body) if is_signed else "t=1,v1=0")
    assert answer.status == 400
    assert answer.reason == ("not_an_event" if is_signed else "wrong_signature")
    assert ingest.sent == []


@pytest.mark.parametrize("body", [b'{"a":' * 1_000_000, b"[" * 5_000_000, b"x" * (MAX_BYTES + 1)])
@pytest.mark.parametrize("header", ["t=1,v1=0", ""])
def test_what_no_message_can_hold_is_refused_before_anything_is_hashed(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch, body: bytes, header: str
) -> None:
    hashed: list[object] = []
    monkeypatch.setattr(authentication, "find_signer", lambda *asked: hashed.append(asked))
    answer = ingest.post(body, header)
    assert (answer.status, answer.reason) == (413, "too_large")
    assert (hashed, ingest.fetches) == ([], 0)


@pytest.mark.parametrize(
    ("body", "encoded"), [("%" * (MAX_BYTES * 2), True), ("\ud800" * (MAX_BYTES + 1), False), ("é" * MAX_BYTES, False)]
)
def test_nor_is_it_decoded(ingest: Ingest, body: str, *, encoded: bool) -> None:
    answer = ingest.post_raw({"headers": {}, "body": body, "isBase64Encoded": encoded})
    assert (answer.status, answer.reason) == (413, "too_large")


@pytest.mark.parametrize("body", ["a", "é", "%%%%", "YQ==YQ==", "\ud800"])
def test_base64_that_is_none_gets_400(ingest: Ingest, body: str) -> None:
    answer = ingest.post_raw({"headers": {}, "body": body, "isBase64Encoded": True})
    assert (answer.status, answer.reason) == (400, "malformed_request")


def test_text_that_no_bytes_spell_gets_400(ingest: Ingest) -> None:
    answer = ingest.post_raw({"headers": {}, "body": "\ud800", "isBase64Encoded": False})
    assert (answer.status, answer.reason) == (400, "malformed_request")


@settings(deadline=None)
@given(st.text(st.characters()), st.binary(), st.none() | st.text())
def test_whatever_is_posted_unsigned_gets_400_or_404(header: str, body: bytes, endpoint: str | None) -> None:
    assert Ingest().post_raw(http_event(body, header, endpoint)).status in (400, 404)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {"object": st.sampled_from(["event", "v2.core.event"])},
        optional=dict.fromkeys(
            "id type account context livemode api_version request reason data related_object".split(), JSON
        ),
    ),
)
def test_whatever_is_signed_is_an_event_or_gets_400(change: dict[str, object]) -> None:
    body = json.dumps({"id": "evt_1", "type": "invoice.paid"} | change).encode()
    ingest = Ingest(group_by="customer")
    answer = ingest.post(body)
    assert answer.status in (200, 400)
    assert len(ingest.sent) == (answer.status == 200)


def test_a_changed_byte_is_never_taken(ingest: Ingest) -> None:
    body = to_bytes(PAYMENT_FAILED)
    header = sign(body)
    for position in random.Random(1).sample(range(len(body)), 50):  # noqa: S311 - which bytes does not matter
        changed = body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]
        assert ingest.post(changed, header).status == 400
