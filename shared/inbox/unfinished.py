"""The sparse index of unfinished events: a committed event stands in it until its last effect is performed."""

import zlib

INDEX = "unfinished"
"""The index's name, and its partition key's: only an item with that attribute is in the index."""

SHARDS = 8
"""A partition of an index takes 1,000 writes a second
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html)."""


def shard_of(event_id: str) -> str:
    """The index partition of an event."""
    return str(zlib.crc32(event_id.encode()) % SHARDS)
