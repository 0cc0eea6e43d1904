"""Compressed text comes back unchanged, and takes little space in the table."""

import hashlib
import re
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.samples import samples
from shared.values.compression import Kind, pack, unpack

DICTIONARIES = Path(__file__).parents[2] / "shared" / "values"
KILOBYTE = 1024 - 180
"""What the other attributes of an item leave of a write unit."""


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["payload", "record"]))
def test_whatever_is_packed_comes_back_by_whichever_dictionary(text: str, kind: Kind) -> None:
    assert unpack(pack(text, kind)) == text


@pytest.mark.parametrize("name", samples.names())
def test_a_sample_comes_back_byte_by_byte_from_a_kilobyte(name: str) -> None:
    body = samples.encode(samples.sample(name)).decode()
    packed = pack(body, "payload")
    assert unpack(packed) == body
    large = name in {"account.updated", "customer.subscription.updated.eleven_items"}
    assert len(packed) <= KILOBYTE or large or name.startswith("before_basil/")


def test_what_was_archived_before_there_was_a_dictionary_is_still_read() -> None:
    assert unpack(zlib.compress(b'{"id": "evt_1"}')) == '{"id": "evt_1"}'


def test_text_packed_by_a_missing_dictionary_is_an_error_and_never_another_text() -> None:
    packer = zlib.compressobj(zdict=b'{"id": ')
    with pytest.raises(zlib.error):
        unpack(packer.compress(b'{"id": "evt_1"}') + packer.flush())


@pytest.mark.parametrize("damaged", [b"", b"x", b"not packed at all", pack("text", "record")[:-1] + b"?"])
def test_what_is_damaged_is_an_error(damaged: bytes) -> None:
    with pytest.raises(zlib.error):
        unpack(damaged)


@pytest.mark.parametrize(
    ("kind", "digest"),
    [
        ("payload", "914d172104ee369ed65c0d8d6849d93ce4e0d0b1990d782599d6fd5ac47a3c46"),
        ("record", "9b972c815d3806a74a4dfb91ebcf8857672c5ff76584a2b7edc5d6d9cf4f50cc"),
    ],
)
def test_a_dictionary_never_changes(kind: str, digest: str) -> None:
    assert hashlib.sha256((DICTIONARIES / f"{kind}.dictionary").read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("kind", ["payload", "record"])
def test_a_dictionary_holds_names_and_no_values_of_anybody(kind: str) -> None:
    dictionary = (DICTIONARIES / f"{kind}.dictionary").read_text()
    values = {value for value in re.findall(r'": ?"(.*?)"', dictionary) if value}
    assert not [value for value in values if not re.fullmatch(r"[a-z_.]+|US|https://[a-z./_]+", value)]
