"""Packing: the compressed form in which the tables store records, journals and payloads.

All are zlib streams. DynamoDB bills each kilobyte that a write begins, and bills it twice in a transaction. An event is
mostly field names, so a payload is compressed against a dictionary of them: 6 KB become 0.8 KB, and 1.7 KB without the
dictionary. A record is compressed plainly.
"""

import zlib
from functools import cache
from pathlib import Path

LEVEL = 7
"""The last level that is worth its time: level 9 takes three times as long and saves 4 % of the bytes."""
DICTIONARY = Path(__file__).parent / "payload.v1.dictionary"
"""The names in one sample of each object, without values. It never changes: stored payloads need it to be read.

A better dictionary would be `payload.v2.dictionary`. Each payload says by checksum which dictionary it needs
(https://www.rfc-editor.org/rfc/rfc1950, DICTID).
"""


def pack(text: str) -> bytes:
    """The bytes to store of a record or a journal."""
    return zlib.compress(text.encode(), LEVEL)


def pack_payload(text: str) -> bytes:
    """The bytes to store of an event's payload, compressed against the dictionary."""
    packer = _payload_packer().copy()
    return packer.compress(text.encode()) + packer.flush()


def unpack(packed: bytes) -> str:
    """The text that `pack` or `pack_payload` was given.

    Raises:
        zlib.error: the bytes are damaged, cut off, or need another dictionary.
    """
    unpacker = zlib.decompressobj(zdict=_dictionary())  # used only if the bytes ask for it
    text = unpacker.decompress(packed)
    if not unpacker.eof:
        raise zlib.error("cut off")
    return text.decode()


@cache
def _payload_packer() -> "zlib._Compress":
    """A compressor that has read the dictionary; each payload takes a copy, since reading takes as long as packing."""
    return zlib.compressobj(LEVEL, zdict=_dictionary())


@cache
def _dictionary() -> bytes:
    return DICTIONARY.read_bytes()
