"""Overdue: hands over again the effects whose message is lost.

After the consumer's acknowledgement the message on the effects queue is the only trigger. SQS deletes it after 7 days,
and somebody can purge the queue by mistake. The inbox still has the event, and an index finds it there.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import batched
from typing import TYPE_CHECKING, Any

from shared.inbox.handover import Handover
from shared.inbox.lanes import LANES, Lane
from shared.inbox.unfinished import INDEX, SHARDS
from shared.tables.attributes import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

HOUR = 3600

LATE: Mapping[Lane, int] = {"effects": HOUR, "mails": 4 * HOUR}
"""Seconds after which an overdue lane is handed over again. Mails have longer: while Amazon SES takes none, the worker
delays them by up to an hour at a time and writes nothing on the item. Each further wait is twice as long, because the
message may still exist, and SQS allows about 120,000 messages in flight."""

NOTHING_HELD: Mapping[Lane, int] = dict.fromkeys(LANES, 0)

COUNTED = 5 * 60
"""Seconds after which SQS's counts, which lag by about a minute, have an event's message."""

TRUSTED = 24 * HOUR
"""Seconds for which an overdue lane counts as held. The queue holds newer messages, too, and its count may be wrong."""

KEPT = 14 * 24 * HOUR
"""Seconds for which SQS keeps a dead letter, as template.yaml has it."""

BATCH = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""


@dataclass(frozen=True)
class UnfinishedEvents:
    """The events in the inbox table `table` that still owe something, found by its index. A dry run notes nothing."""

    client: "DynamoDBClient"
    table: str
    dry_run: bool = False

    def committed_before(self, before_ms: int) -> Iterator[dict[str, Any]]:
        """The inbox items that were committed before `before_ms` (epoch milliseconds) and still owe something."""
        for shard in range(SHARDS):
            pages = self.client.get_paginator("query").paginate(
                TableName=self.table,
                IndexName=INDEX,
                KeyConditionExpression=f"{INDEX} = :shard AND committed_ms < :before",
                ExpressionAttributeValues=to_item({":shard": str(shard), ":before": before_ms}),
            )
            ids = (str(from_item(item)["id"]) for page in pages for item in page["Items"])
            for some in batched(ids, BATCH, strict=False):
                yield from self._items(some)

    def _items(self, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The items of these ids. The next run finds those that DynamoDB leaves out."""
        keys = [to_item({"id": event_id}) for event_id in ids]
        answer = self.client.batch_get_item(RequestItems={self.table: {"Keys": keys, "ConsistentRead": True}})
        yield from map(from_item, answer["Responses"].get(self.table, ()))

    def note(self, event_id: str, lane: Lane, now: int, times: int) -> None:
        """Note that the lane was handed over again at epoch seconds `now`, and how often since it last moved."""
        if self.dry_run:
            return
        with suppress(self.client.exceptions.ConditionalCheckFailedException):  # the worker has just finished the lane
            self.client.update_item(
                TableName=self.table,
                Key=to_item({"id": event_id}),
                UpdateExpression="SET #again = :again",
                ConditionExpression="attribute_exists(#owed)",
                ExpressionAttributeNames={"#again": f"{lane}_again", "#owed": f"{lane}_owed"},
                ExpressionAttributeValues=to_item({":again": {"at": now, "times": times}}),
            )


@dataclass
class Overdue:
    """The number of lanes that were handed over again, and the age of each lane's oldest dead letter in seconds."""

    handed_over: int = 0
    dead_s: dict[Lane, int] = field(default_factory=lambda: dict.fromkeys(LANES, 0))


def hand_over_again(  # noqa: PLR0913 - what a run knows, and what a person may ask for
    unfinished: UnfinishedEvents,
    handover: Handover,
    now: int,
    late: Mapping[Lane, int] = LATE,
    *,
    failed: bool = False,
    held: Mapping[Lane, int] = NOTHING_HELD,
    in_time: Callable[[], bool] = lambda: True,
) -> Overdue:
    """Hand over each lane that is overdue at epoch seconds `now` by the seconds in `late`, as long as it is `in_time`.

    The message of a lane that was given up is in the dead-letter queue, where a redrive finds it. Such a lane is handed
    over only if `failed`. `held` says how many messages each lane's queue holds, 0 if no worker takes them. While that
    is one for each event that owes in the lane, copies would only fill the queue; a lane then waits for a day.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB or SQS failed; the next run goes on.
    """
    found = Overdue()
    owing: Counter[Lane] = Counter()
    overdue: list[tuple[str, str, Lane, float, int]] = []
    for item in unfinished.committed_before((now - min(COUNTED, *late.values())) * 1000):
        for lane in LANES:
            if f"{lane}_owed" not in item:
                continue
            found.dead_s[lane] = max(found.dead_s[lane], _dead_for(item, lane, now))
            due, times = _due(item, lane, failed=failed), _times(item, lane)
            owing[lane] += due < math.inf
            if due + late[lane] * 2**times < now:
                overdue.append((item["id"], item["account"], lane, due, times))
    for event_id, account, lane, due, times in overdue:
        if held[lane] >= owing[lane] and due + TRUSTED >= now:
            continue
        if not in_time():
            break
        handover.send(event_id, account, (lane,))
        unfinished.note(event_id, lane, now, times + 1)
        found.handed_over += 1
    return found


def _dead_for(item: Mapping[str, Any], lane: Lane, now: int) -> int:
    """The age of the lane's dead letter in seconds; 0 if there is none, or if SQS has deleted it.

    A dead letter of a standard queue keeps the time of its first send, and SQS counts its retention from then:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
    """
    holder = item.get(f"{lane}_holder", {})
    if "failed_ms" not in holder:
        return 0
    age = now - holder["sent_ms"] // 1000
    return age if age <= KEPT else 0


def _due(item: Mapping[str, Any], lane: Lane, *, failed: bool) -> float:
    """When the lane was due, in epoch seconds; infinity if it was given up, unless `failed`."""
    holder = item.get(f"{lane}_holder", {})
    if "failed_ms" in holder and not failed:
        return math.inf
    again = item.get(f"{lane}_again", {})
    due: float = max(
        _touched(item, lane), again.get("at", 0), holder.get("not_before", 0), holder.get("lease_until", 0)
    )
    return due


def _times(item: Mapping[str, Any], lane: Lane) -> int:
    """How often the lane was handed over again since the worker last touched it."""
    again = item.get(f"{lane}_again", {"at": 0, "times": 0})
    return int(again["times"]) if again["at"] > _touched(item, lane) else 0


def _touched(item: Mapping[str, Any], lane: Lane) -> float:
    """When the lane was committed, or the worker last wrote about it, in epoch seconds."""
    touched_ms: int = max(item["committed_ms"], item.get(f"{lane}_ms", 0))
    return touched_ms / 1000
