"""A message is trusted exactly if one of the keys signed its body and its attributes as they are."""

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.failures.errors import Misconfigured
from shared.messages.binding import unvouched
from shared.messages.mac import MAC, MAC_BYTES, signed_attributes, signed_body, verify
from shared.runtime.message_keys import MessageKeys, parse_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY, OLD, FOREIGN = b"k" * 32, b"o" * 32, b"f" * 32
BODY = '{"id":"evt_1","type":"invoice.paid"}'
VALUES = {"endpoint": "connect", "type": "invoice.paid", "account": "acct_1"}
EVENT = {"id": "due_1", "type": "erasure.due", "created": 1, "data": {"object": {"customer": "cus_1"}}}


def sent(body: str = BODY, values: "Mapping[str, str]" = VALUES, key: bytes = KEY) -> dict[str, str]:
    return {name: one["StringValue"] for name, one in signed_attributes(key, body, values).items()}


def test_a_signed_message_is_signed_and_so_is_one_of_an_older_key() -> None:
    assert verify([KEY], BODY, sent()) == "signed"
    assert verify([KEY, OLD], BODY, sent(key=OLD)) == "signed"
    assert verify([KEY], BODY, sent(values={})) == "signed"


def test_a_mac_of_another_key_is_wrong() -> None:
    assert verify([KEY, OLD], BODY, sent(key=FOREIGN)) == "wrong"
    assert verify([], BODY, sent()) == "wrong"


@pytest.mark.parametrize("name", [*VALUES, "more"])
@pytest.mark.parametrize("value", ["direct", "connect\n", ""])
def test_a_changed_attribute_is_noticed(name: str, value: str) -> None:
    assert verify([KEY], BODY, sent() | {name: value}) == "wrong"


@pytest.mark.parametrize("name", VALUES)
def test_a_missing_attribute_is_noticed(name: str) -> None:
    assert verify([KEY], BODY, {key: value for key, value in sent().items() if key != name}) == "wrong"


@given(st.text())
def test_another_body_is_noticed(body: str) -> None:
    assert verify([KEY], body, sent()) == ("signed" if body == BODY else "wrong")


def test_without_a_mac_a_message_is_unsigned() -> None:
    for body in (BODY, "hello?", "[]", "[" * 100_000):
        assert verify([KEY], body, VALUES) == verify([KEY], body, {}) == "unsigned"


def test_a_schedules_body_carries_its_own_mac() -> None:
    body = signed_body(KEY, EVENT)
    assert verify([OLD, KEY], body, {}) == "signed"
    assert verify([KEY], signed_body(KEY, json.loads(signed_body(OLD, EVENT))), {}) == "signed"
    assert verify([KEY], body.replace("cus_1", "cus_2"), {}) == "wrong"
    assert verify([KEY], json.dumps({**json.loads(body), "more": 1}), {}) == "wrong"
    assert verify([KEY], signed_body(FOREIGN, EVENT), {}) == "wrong"
    assert verify([KEY], json.dumps({**EVENT, MAC: 5}), {}) == "wrong"


def test_the_mac_in_a_body_vouches_for_no_attribute() -> None:
    assert verify([KEY], signed_body(KEY, EVENT), {"endpoint": "direct"}) == "unsigned"


def test_a_schedules_mac_cannot_become_a_messages() -> None:
    body = signed_body(KEY, EVENT)
    assert verify([KEY], json.dumps(EVENT), {MAC: json.loads(body)[MAC]}) == "wrong"
    assert verify([KEY], body, {MAC: json.loads(body)[MAC]}) == "wrong"


def test_the_size_of_the_mac_is_known() -> None:
    attribute = signed_attributes(KEY, BODY, {})[MAC]
    assert len(MAC + attribute["DataType"] + attribute["StringValue"]) == MAC_BYTES


@pytest.mark.parametrize("text", ["", " \n", "{}", "short", "k" * 31, f"{'k' * 32}\nshort"])
def test_a_secret_without_a_usable_key_signs_nothing(text: str) -> None:
    with pytest.raises(Misconfigured):
        parse_keys(text)


def test_keys_are_kept_for_five_minutes_and_renewed_at_most_every_ten_seconds() -> None:
    values, fetched = [OLD.decode()], list[str]()

    def fetch() -> str:
        fetched.append(values[0])
        return values[0]

    keys = MessageKeys(fetch)
    assert keys.signing(0) == keys.signing(299) == OLD
    values[0] = f"{KEY.decode()}\n{OLD.decode()}\n"
    assert list(keys.renewed(5)) == [OLD]
    assert list(keys.renewed(10)) == [KEY, OLD]
    assert keys.signing(309) == KEY
    assert len(fetched) == 2
    keys.signing(310)
    assert len(fetched) == 3
    keys.signing(0)  # the clock was set back
    assert len(fetched) == 4


@pytest.mark.parametrize(
    ("endpoint", "account", "vouches"),
    [
        ("connect", "acct_1", True),
        ("connect", None, False),
        ("direct", None, True),
        ("direct", "acct_1", False),
        ("reconcile", "acct_1", True),
        ("reconcile", None, True),
        ("cli", "acct_1", True),
        ("cli", None, True),
        (None, "acct_1", True),
    ],
)
def test_an_endpoint_vouches_by_its_name(endpoint: str | None, account: str | None, *, vouches: bool) -> None:
    assert (unvouched(endpoint, account) is None) == vouches
