"""Sweep: deletes what a tombstone covers, in the order of the sort keys, until a deadline.

    event#… mail#…          at once
    export                  after its file in the bucket
    payment#pi_1 ─────────> after the tombstone of the payment, and once the partition that it points to is empty

A pointer remains until its partition is empty, so an interrupted sweep finds what is left. An account's holdings are
pointers, too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Any

from functions.effects.perform.access_eraser import delete_access, delete_session
from functions.effects.perform.charge_ids import charge_ids
from functions.effects.perform.export_links import file_of
from shared.failures.backoff import Jitter
from shared.failures.errors import Retryable
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.tables.tombstones import payment_stone_write
from shared.values import keys

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

PAGE = 100
"""Items of one Query."""
BATCH = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds, at most, before each further call for items that DynamoDB left unprocessed."""

type Item = dict[str, Any]


@dataclass(frozen=True)
class Places:
    """The places that an erasure deletes from: the tables, and the files in `bucket`."""

    store: Store
    client: "S3Client"
    bucket: str
    sleep: Callable[[float], None]
    jitter: Jitter


@dataclass
class Sweep:
    """One step of an erasure: deletes items saved up to `buried_ms`, until `deadline`."""

    places: Places
    account: str
    as_of: int
    buried_ms: int
    deadline: float
    deleted: int
    after: str | None
    """The sort key up to which the erasure is done."""

    @property
    def late(self) -> bool:
        """Whether the step's time is over."""
        return self.places.store.clock() >= self.deadline

    def clear(self, page: Sequence[Item]) -> bool:
        """Delete the old items of a page and of the partitions it points to; False if the deadline came first."""
        self._delete([item for item in page if keys.led_to(item["sk"]) is None])
        leads = [(item, subject) for item in page if (subject := keys.led_to(item["sk"])) is not None]
        for number, (item, subject) in enumerate(leads):
            if number and self.late:
                return False
            empty = self.empty(keys.partition(self.account, subject))
            if empty is None:
                return False
            if empty:
                self._delete([item])
            self.after = item["sk"]
        self.after = page[-1]["sk"] if page else self.after
        return True

    def empty(self, partition: str) -> bool | None:
        """Delete a partition's old items; returns whether it is empty, or None if the deadline came first."""
        empty = True
        for number, page in enumerate(pages(self.places.store, partition)):
            if number and self.late:
                return None
            self.bury_payments(page)
            empty = self._delete(page) and empty
        return empty

    def bury_payments(self, page: Sequence[Item]) -> None:
        """Write the tombstone of an old payment, under its own id and its charge's, before the payment is deleted."""
        store = self.places.store
        for item in page:
            if item["sk"] != keys.PAYMENT or int(item.get("saved_ms", 0)) > self.buried_ms:
                continue
            _, subject = keys.split(item["pk"])
            for name in sorted({subject, *charge_ids(item)}):
                store.client.put_item(**payment_stone_write(store, self.account, name, self.as_of, self.buried_ms))

    def _delete(self, items: Sequence[Item]) -> bool:
        """Delete the old ones of `items`; returns whether all are gone."""
        old = [item for item in items if int(item.get("saved_ms", 0)) <= self.buried_ms]
        for item in old:
            if item["sk"] == keys.ORGANIZATION:
                delete_access(self.places.store, item["pk"], self.buried_ms)
            delete_session(self.places.store, item, self.buried_ms)
        # A batch has no conditions, so it may hold only items that are never written twice.
        for some in batched((item for item in old if keys.written_once(item["sk"])), BATCH, strict=False):
            self._delete_batch(some)
        gone = [self._delete_unless_newer(item) for item in old if not keys.written_once(item["sk"])]
        return all(gone) and len(old) == len(items)

    def _delete_unless_newer(self, item: Item) -> bool:
        """Delete an item unless the consumer has saved it since the query; returns whether it is gone."""
        places, store = self.places, self.places.store
        if keys.is_export(item["sk"]):
            places.client.delete_object(Bucket=places.bucket, Key=file_of(store.token, item))
        try:
            store.client.delete_item(
                TableName=store.books,
                Key=_key(item),
                ConditionExpression="attribute_not_exists(saved_ms) OR saved_ms <= :buried",
                ExpressionAttributeValues=to_item({":buried": self.buried_ms}),
            )
        except store.client.exceptions.ConditionalCheckFailedException:
            return False
        self.deleted += 1
        return True

    def _delete_batch(self, items: Sequence[Item]) -> None:
        """Delete items in one batch, and call again for those that DynamoDB leaves unprocessed."""
        places, books = self.places, self.places.store.books
        left: Any = [{"DeleteRequest": {"Key": _key(item)}} for item in items]
        for pause in (0, *PAUSES):
            places.sleep(places.jitter(0, pause))
            answer = places.store.client.batch_write_item(RequestItems={books: left})
            left = answer.get("UnprocessedItems", {}).get(books)
            if not left:
                self.deleted += len(items)
                return
        raise Retryable("UnprocessedItems")


def pages(store: Store, partition: str, after: str | None = None) -> Iterator[list[Item]]:
    """Pages of a partition's items, each with its key, its time and its record, after the sort key `after`."""
    start: Any = {"ExclusiveStartKey": to_item({"pk": partition, "sk": after})} if after else {}
    while True:
        answer = store.client.query(
            TableName=store.books,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_item({":pk": partition}),
            ProjectionExpression="pk, sk, #type, saved_ms, #record, nonce, link_until",
            ExpressionAttributeNames={"#record": "record", "#type": "type"},
            ConsistentRead=True,
            Limit=PAGE,
            **start,
        )
        yield [from_item(item) for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _key(item: Item) -> Any:  # noqa: ANN401 - a boto3 shape
    return to_item({"pk": item["pk"], "sk": item["sk"]})
