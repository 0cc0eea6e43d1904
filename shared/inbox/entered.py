"""The time index: each event stands in the hour in which it entered the inbox, and never moves.

The index also holds the event's type, account and customer, so that filters need no inbox item. Nothing of it changes
after the insert, so an event costs one write unit in the index, however often its item is updated.
"""

INDEX = "entered"
"""The index's name, and its partition key's: the hour in UTC, and a shard of it."""

ENTERED_MS = "entered_ms"
"""The index's sort key: the insert, in epoch milliseconds. It follows the clock even while the queue is full of older
events, so that new entries of the index are always its newest."""

SHARDS = 4
"""The partitions of an hour. All events of an hour are written to them, and each takes 1,000 write units a second
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html). So the index takes
4,000 events a second. A new on-demand table takes 4,000 write units, thus 2,000 commits, a second. `ThrottleRate` lets
500 requests a second in by default. A reader asks each shard, so fewer would be cheaper to read."""

PARTITION = "{:%Y%m%dT%H}#{}"
"""The form of a partition key, of the hour and the shard: `20261126T19#2`."""
