"""A window of the time index: which events entered the inbox between two times, by one query for each shard of an hour.

Eventually consistent: half a read unit for each 4 KB, which hold about 17 entries, and at least that for each query.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.see.inbox import BATCH, Tables
from cli.see.screen import counted, moment
from cli.where import Where
from shared.inbox.entered import ENTERED_MS, INDEX, PARTITION, SHARDS
from shared.tables.attributes import from_item, to_item

HOUR = 3600
AT_ONCE = 8
"""Queries at the same time. An answer of AWS's takes up to 100 ms from your desk, and a day has 96 queries."""
LOOKED_AT = 10_000
"""Entries that one answer looks at, the newest: some 300 read units."""
LONGEST = 31 * 24 * HOUR
"""Seconds: a longer window takes more than 3,000 queries."""


@dataclass(frozen=True)
class Window:
    """The entries of the time index between two times in epoch seconds, the newest first.

    `since` is later than asked for if there were more than `LOOKED_AT` entries.
    """

    since: float
    until: float
    entries: list[dict[str, Any]]
    full: bool

    def __str__(self) -> str:
        """The window in words: `3 events that entered from 26 Nov 2026 18:00:00 to 26 Nov 2026 20:00:00 UTC`."""
        most = f", the newest {len(self.entries):,} that one answer looks at" if self.full else ""
        events = counted(len(self.entries), "event")
        return f"{events} that entered from {moment(self.since)} to {moment(self.until)} UTC{most}"


def window(tables: Tables, since: float, until: float, most: int = LOOKED_AT) -> Window:
    """The window; raises botocore's errors if DynamoDB refuses."""
    found: list[dict[str, Any]] = []
    shards = [(hour, shard) for hour in _hours(since, until) for shard in range(SHARDS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for some in batched(shards, max(AT_ONCE, SHARDS), strict=False):  # whole hours
            answers = pool.map(lambda one: _entries(tables, one[0], one[1], since, until, most), some)
            found += sorted((entry for answer in answers for entry in answer), key=lambda one: -one[ENTERED_MS])
            if len(found) > most:
                kept = found[:most]
                return Window(kept[-1][ENTERED_MS] / 1000, until, kept, full=True)
    return Window(since, until, found, full=False)


def read_items(tables: Tables, event_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The inbox items of these events by id, a hundred a call; half a read unit each."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda some: list(tables.items(some)), batched(event_ids, BATCH, strict=False))
        return {item["id"]: item for answer in answers for item in answer}


def older_are_missing(where: Where, found: Window) -> str:
    """A sentence if the index may lack events of the window, because they are older than it; otherwise empty.

    CloudFormation tells when it last changed the table. An entry that is older than that shows that the index is, too.
    """
    oldest = found.entries[-1][ENTERED_MS] / 1000 if found.entries else found.until
    if oldest < found.since + HOUR:
        return ""
    asked = {"StackName": where.name, "LogicalResourceId": "InboxTable"}
    try:
        answer = where.client("cloudformation").describe_stack_resource(**asked)
    except (ClientError, BotoCoreError):
        began = oldest
    else:
        began = min(oldest, answer["StackResourceDetail"]["LastUpdatedTimestamp"].timestamp())
    if began <= found.since:
        return ""
    return (
        f"The time index may know no event from before {moment(began)} UTC. "
        "Find older ones by customer:cus_…, or by id: ./billhook show evt_…"
    )


def _hours(since: float, until: float) -> Iterator[datetime]:
    """The hours of the window, the newest first."""
    for hour in range(int(until) // HOUR, int(since) // HOUR - 1, -1):
        yield datetime.fromtimestamp(hour * HOUR, UTC)


def _entries(tables: Tables, hour: datetime, shard: int, since: float, until: float, most: int) -> list[dict[str, Any]]:  # noqa: PLR0913, PLR0917 - a query
    """The newest entries of one shard of an hour, one more than `most` at most."""
    values = {":shard": PARTITION.format(hour, shard), ":since": int(since * 1000), ":until": int(until * 1000)}
    pages = tables.client.get_paginator("query").paginate(
        TableName=tables.inbox,
        IndexName=INDEX,
        KeyConditionExpression=f"{INDEX} = :shard AND {ENTERED_MS} BETWEEN :since AND :until",
        ExpressionAttributeValues=to_item(values),
        ScanIndexForward=False,
        PaginationConfig={"MaxItems": most + 1},
    )
    return [from_item(item) for page in pages for item in page["Items"]]
