"""The sparse index of unfinished events.

A committed event stands in it until its last effect is performed, and a failed attempt until the event is committed.
An event that nothing delays never enters it, unless it owes an effect.
"""

import zlib

INDEX = "unfinished"
"""The index's name, and its partition key's: only an item with that attribute is in the index."""

SINCE = "committed_ms"
"""The index's sort key, in epoch milliseconds: the commit; before it, the first failure that was recorded."""

SHARDS = 8
"""A partition of an index takes 1,000 writes a second
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html)."""


def shard_of(event_id: str) -> str:
    """The index partition of an event."""
    return str(zlib.crc32(event_id.encode()) % SHARDS)
