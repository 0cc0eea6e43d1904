"""Compressed text comes back unchanged, and takes little space in the table."""

import base64
import hashlib
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.samples import samples
from shared.compression.packing import DICTIONARY, pack, pack_payload, unpack

ROOT = Path(__file__).parents[2]
KILOBYTE = 1024 - 180
"""What the other attributes of an item leave of a write unit."""


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([pack, pack_payload]))
def test_whatever_is_packed_comes_back_either_way(text: str, packing: Callable[[str], bytes]) -> None:
    assert unpack(packing(text)) == text


@pytest.mark.parametrize("name", samples.names())
def test_a_sample_comes_back_byte_by_byte_from_a_kilobyte(name: str) -> None:
    body = samples.encode(samples.sample(name)).decode()
    packed = pack_payload(body)
    assert unpack(packed) == body
    large = name in {"account.updated", "customer.subscription.updated.eleven_items"}
    assert len(packed) <= KILOBYTE or large or name.startswith("before_basil/")


def test_a_record_is_plain_zlib_and_a_payload_names_its_dictionary() -> None:
    assert zlib.decompress(pack('{"id": "cus_1"}')) == b'{"id": "cus_1"}'
    assert pack_payload('{"id": "evt_1"}')[2:6] == zlib.adler32(DICTIONARY.read_bytes()).to_bytes(4)


def test_a_payload_is_read_without_billhook_as_upgrading_says(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "upgrading.md").read_text()
    (program,) = re.findall(r"^```python\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "payload.v1.dictionary").write_bytes(DICTIONARY.read_bytes())
    body = samples.encode(samples.sample("invoice.paid")).decode() + "ü€"
    packed = pack_payload(body)
    parts = " ".join(base64.b64encode(part).decode() for part in (packed[:100], packed[100:]))
    read = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", "-c", program], input=parts.encode(), cwd=tmp_path, capture_output=True, check=True
    )
    assert read.stdout.decode() == body


def test_text_packed_by_a_missing_dictionary_is_an_error_and_never_another_text() -> None:
    packer = zlib.compressobj(zdict=b'{"id": ')
    with pytest.raises(zlib.error):
        unpack(packer.compress(b'{"id": "evt_1"}') + packer.flush())


@pytest.mark.parametrize("damaged", [b"", b"x", b"not packed at all", pack("text")[:-1] + b"?"])
def test_what_is_damaged_is_an_error(damaged: bytes) -> None:
    with pytest.raises(zlib.error):
        unpack(damaged)


def test_the_dictionary_never_changes() -> None:
    digest = "914d172104ee369ed65c0d8d6849d93ce4e0d0b1990d782599d6fd5ac47a3c46"
    assert hashlib.sha256(DICTIONARY.read_bytes()).hexdigest() == digest


def test_the_dictionary_holds_names_and_no_values_of_anybody() -> None:
    values = {value for value in re.findall(r'": ?"(.*?)"', DICTIONARY.read_text()) if value}
    assert not [value for value in values if not re.fullmatch(r"[a-z_.]+|US|https://[a-z./_]+", value)]
