"""Reads of the tables for a person: by key, by the index of unfinished events, and by a customer's partition.

No read scans a table. An eventually consistent read of an item costs half a unit for each 4 KB.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Any

from cli.where import Where
from shared.inbox.unfinished import INDEX, SHARDS
from shared.tables.attributes import from_item, to_item
from shared.values import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

BATCH = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""


@dataclass(frozen=True)
class Tables:
    """The inbox and the books of a stack. Every method raises botocore's errors if DynamoDB refuses."""

    client: "DynamoDBClient"
    stack: str

    @property
    def inbox(self) -> str:
        """The name of the inbox."""
        return f"{self.stack}-inbox"

    @property
    def books(self) -> str:
        """The name of the books."""
        return f"{self.stack}-books"

    def item(self, event_id: str) -> dict[str, Any]:
        """The inbox item of an event; empty if there is none."""
        return from_item(self.client.get_item(TableName=self.inbox, Key=to_item({"id": event_id})).get("Item", {}))

    def items(self, event_ids: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The inbox items of these events, in no order; half a read unit each."""
        for some in batched(event_ids, BATCH, strict=False):
            left: Any = [to_item({"id": event_id}) for event_id in dict.fromkeys(some)]
            while left:
                answer: Any = self.client.batch_get_item(RequestItems={self.inbox: {"Keys": left}})
                yield from map(from_item, answer["Responses"].get(self.inbox, ()))
                left = answer.get("UnprocessedKeys", {}).get(self.inbox, {}).get("Keys")

    def unfinished(self) -> Iterator[dict[str, Any]]:
        """The inbox items of all events that are retried, have failed, or owe an effect, by eight queries."""
        for shard in range(SHARDS):
            pages = self.client.get_paginator("query").paginate(
                TableName=self.inbox,
                IndexName=INDEX,
                KeyConditionExpression=f"{INDEX} = :shard",
                ExpressionAttributeValues=to_item({":shard": str(shard)}),
            )
            found = (str(from_item(item)["id"]) for page in pages for item in page["Items"])
            yield from (item for item in self.items(found) if INDEX in item)

    def partition(self, account: str, subject: str) -> Iterator[dict[str, Any]]:
        """Every item of a partition of the books, by sort key."""
        yield from self._query(keys.partition(account, subject))

    def archived(self, account: str, subject: str, event_id: str, created: int | None = None) -> list[dict[str, Any]]:
        """The parts of an archived payload; with `created`, in epoch seconds, only that second is read."""
        prefix = "event#" if created is None else keys.archived(created, event_id).removesuffix("#0")
        found = self._query(keys.partition(account, subject), prefix)
        return [item for item in found if f"#{event_id}#" in item["sk"]]

    def newest_events(self, account: str, subject: str, since: int = 0) -> Iterator[str]:
        """The ids of a partition's archived events, the newest first, from epoch seconds `since` on."""
        low, high = keys.archived(since, ""), "event#~"
        pages = self.client.get_paginator("query").paginate(
            TableName=self.books,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :low AND :high",
            ExpressionAttributeValues=to_item({":pk": keys.partition(account, subject), ":low": low, ":high": high}),
            ProjectionExpression="sk",
            ScanIndexForward=False,
            PaginationConfig={"PageSize": BATCH},
        )
        names = (str(from_item(item)["sk"]).split("#") for page in pages for item in page["Items"])
        yield from (event_id for _, _, event_id, part in names if part == "0")

    def record(self, place: keys.Key) -> dict[str, Any]:
        """One item of the books; empty if there is none."""
        key = to_item({"pk": place[0], "sk": place[1]})
        return from_item(self.client.get_item(TableName=self.books, Key=key).get("Item", {}))

    def _query(self, partition: str, prefix: str = "") -> Iterator[dict[str, Any]]:
        names = {":pk": partition} | ({":prefix": prefix} if prefix else {})
        pages = self.client.get_paginator("query").paginate(
            TableName=self.books,
            KeyConditionExpression="pk = :pk" + (" AND begins_with(sk, :prefix)" if prefix else ""),
            ExpressionAttributeValues=to_item(names),
        )
        yield from (from_item(item) for page in pages for item in page["Items"])


def tables_of(where: Where) -> Tables:
    """The tables of a stack."""
    return Tables(where.client("dynamodb"), where.name)
