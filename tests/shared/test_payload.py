"""The archive gives back the very bytes that Stripe sent, and takes as little of the table as it can."""

import hashlib
import re
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import samples
from shared.payload import pack, unpack

DICTIONARY = Path(__file__).parents[2] / "shared/payload.dictionary"
KILOBYTE = 1024 - 180
"""What the other attributes of an archive item leave of a write unit."""


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_packed_comes_back(body: str) -> None:
    assert unpack(pack(body)) == body


@pytest.mark.parametrize("name", samples.names())
def test_a_sample_comes_back_byte_by_byte_from_a_kilobyte(name: str) -> None:
    body = samples.encode(samples.sample(name)).decode()
    assert unpack(pack(body)) == body
    assert len(pack(body)) <= KILOBYTE or name == "account.updated" or name.startswith("before_basil/")


def test_what_was_archived_before_there_was_a_dictionary_is_still_read() -> None:
    assert unpack(zlib.compress(b'{"id": "evt_1"}')) == '{"id": "evt_1"}'


def test_the_dictionary_never_changes() -> None:
    digest = hashlib.sha256(DICTIONARY.read_bytes()).hexdigest()
    assert digest == "914d172104ee369ed65c0d8d6849d93ce4e0d0b1990d782599d6fd5ac47a3c46"


def test_the_dictionary_holds_names_and_no_values_of_anybody() -> None:
    values = {value for value in re.findall(r'": "(.*?)"', DICTIONARY.read_text()) if value}
    assert not [value for value in values if not re.fullmatch(r"[a-z_.]+|US", value)]
