"""Export: everything that is held about one customer, in one JSON file, for its owner to take away."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.compression.packing import unpack
from shared.effects.erasure import Export
from shared.failures.errors import Retryable
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.tables.tombstones import erased_since
from shared.values import keys
from shared.values.tokens import export_key

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@dataclass(frozen=True)
class Exporter:
    """Writes exports into `bucket`."""

    store: Store
    client: "S3Client"
    bucket: str

    def export(self, effect: Export, committed_ms: int, deadline: float) -> str:
        """Write the export of a customer's partition, unless the customer was erased after `committed_ms`.

        A second export replaces the first. An item in the partition tells an erasure that there is a file. If the
        erasure comes while the file is written, the file is taken back. The file of a customer who has returned since
        stays.

        Raises:
            Retryable: there is more than can be read until `deadline`, in epoch seconds. Lambda would end the worker
                without a word, and nobody would count the attempt.
            botocore.exceptions.ClientError, BotoCoreError: DynamoDB or S3 did not answer.
        """
        partition = keys.partition(effect.account, effect.customer)
        if not self._erased(effect, committed_ms):
            held = list(self._in_time(everything_about(self.store, partition), deadline))
            self._note(partition, committed_ms)
            self.client.put_object(
                Bucket=self.bucket,
                Key=export_key(self.store.token, partition),
                Body=json.dumps(readable(effect, held), indent=2).encode(),
                ContentType="application/json",
            )
            if not self._erased(effect, committed_ms):
                return "written"
        if self._noted(partition) <= committed_ms:
            self.client.delete_object(Bucket=self.bucket, Key=export_key(self.store.token, partition))
            self.store.client.delete_item(TableName=self.store.books, Key=to_item({"pk": partition, "sk": keys.EXPORT}))
        return "erased"

    def _in_time(self, items: Iterator[dict[str, Any]], deadline: float) -> Iterator[dict[str, Any]]:
        for item in items:
            if self.store.clock() >= deadline:
                raise Retryable("out_of_time")
            yield item

    def _erased(self, effect: Export, committed_ms: int) -> bool:
        return erased_since(self.store, effect.account, effect.customer, committed_ms)

    def _note(self, partition: str, committed_ms: int) -> None:
        item = {
            "pk": partition,
            "sk": keys.EXPORT,
            "saved_ms": int(self.store.clock() * 1000),
            "committed_ms": committed_ms,
        }
        self.store.client.put_item(TableName=self.store.books, Item=to_item(item))

    def _noted(self, partition: str) -> int:
        """When the event was committed whose export is in the bucket, in epoch milliseconds; 0 if nothing tells."""
        key = to_item({"pk": partition, "sk": keys.EXPORT})
        item = self.store.client.get_item(TableName=self.store.books, Key=key, ConsistentRead=True).get("Item")
        committed_ms: int = from_item(item).get("committed_ms", 0) if item else 0
        return committed_ms


def everything_about(store: Store, partition: str) -> Iterator[dict[str, Any]]:
    """Every item of a partition, and of those it leads to: a customer's payments, all of a connected account's."""
    account, _ = keys.split(partition)
    for item in _items(store, partition):
        yield item
        elsewhere = keys.led_to(str(item["sk"]))
        if elsewhere:
            yield from _items(store, keys.partition(account, elsewhere))


def _items(store: Store, partition: str) -> Iterator[dict[str, Any]]:
    pages = store.client.get_paginator("query").paginate(
        TableName=store.books,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=to_item({":pk": partition}),
        ConsistentRead=True,
    )
    for page in pages:
        yield from map(from_item, page["Items"])


def readable(effect: Export, held: list[dict[str, Any]]) -> dict[str, Any]:
    """What is `held`, unpacked: records by name, mails, and events in their order."""
    return {
        "customer": effect.customer,
        "records": {_name(effect, item): json.loads(unpack(item["record"])) for item in held if "record" in item},
        "mails": [json.loads(item["mail"]) for item in held if "mail" in item],
        "events": [json.loads(payload) for payload in _payloads(held)],
    }


def _name(effect: Export, item: dict[str, Any]) -> str:
    """A record's name in the file: what lies in a partition of its own is told apart by that."""
    own = item["pk"] == keys.partition(effect.account, effect.customer)
    return str(item["sk"]) if own else f"{item['pk']}/{item['sk']}"


def _payloads(held: list[dict[str, Any]]) -> Iterator[str]:
    """The archived payloads, in the order of their events; a large one lies in several parts."""
    parts: dict[str, bytes] = {}
    for item in sorted((item for item in held if "payload" in item), key=lambda item: str(item["sk"])):
        event, _, _ = str(item["sk"]).rpartition("#")
        parts[event] = parts.get(event, b"") + item["payload"]
    return map(unpack, parts.values())
