"""Which partitions of the books a tombstone covers, although no tombstone names a customer."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.tables.tombstones import Tombstone, tombstone_of
from shared.values import keys
from shared.values.platform import PLATFORM
from shared.values.tokens import tombstone

ERASED = "erased#"
"""How the partitions of tombstones begin."""


@dataclass(frozen=True)
class Covered:
    """All tombstones, by their partition; a partition of the books is found by the hash of its name."""

    store: Store
    stones: Mapping[str, Tombstone]

    def by(self, partition: str) -> Tombstone | None:
        """The newest tombstone of a partition's customer or payment, or of its whole account; None if none covers it.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: Secrets Manager did not hand out the key of the tombstones.
        """
        account, subject = keys.split(partition)
        subjects = {subject, subject if account == PLATFORM else account}
        graves = (tombstone(self.store.token, account, one) for one in sorted(subjects))
        found = [self.stones[grave] for grave in graves if grave in self.stones]
        return max(found, key=lambda stone: stone.buried_ms, default=None)


def read_tombstones(store: Store) -> Covered:
    """Every tombstone: those of the table of tombstones, and those that an older version wrote into the books.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer.
    """
    own = store.client.get_paginator("scan").paginate(TableName=store.tombstones, ConsistentRead=True)
    stones: dict[str, Tombstone] = {}
    for item in (*(item for page in own for item in map(from_item, page["Items"])), *in_the_books(store)):
        if item["sk"] == keys.TOMBSTONE:
            known, found = stones.get(item["pk"]), tombstone_of(item)
            stones[item["pk"]] = found if known is None else max(known, found, key=lambda one: one.buried_ms)
    return Covered(store, stones)


def in_the_books(store: Store) -> Iterator[dict[str, Any]]:
    """The tombstones, and the money beside them, that an older version wrote into the books."""
    pages = store.client.get_paginator("scan").paginate(
        TableName=store.books,
        FilterExpression="begins_with(pk, :erased)",
        ExpressionAttributeValues=to_item({":erased": ERASED}),
        ConsistentRead=True,
    )
    return (from_item(item) for page in pages for item in page["Items"])


def move(store: Store, item: Mapping[str, Any]) -> None:
    """Move an item of an older version from the books to the table of tombstones, unless that has a newer one.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer; the item is in the books.
    """
    newer = "attribute_not_exists(pk) OR buried_ms < :buried OR saved_ms < :saved"
    values = to_item({":buried": item.get("buried_ms", 0), ":saved": item.get("saved_ms", 0)})
    with suppress(store.client.exceptions.ConditionalCheckFailedException):
        store.client.put_item(
            TableName=store.tombstones,
            Item=to_item(item),
            ConditionExpression=newer,
            ExpressionAttributeValues=values,
        )
    store.client.delete_item(TableName=store.books, Key=to_item({"pk": item["pk"], "sk": item["sk"]}))
