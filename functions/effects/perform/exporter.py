"""Export: writes everything that is stored about one customer into one JSON file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.effects.perform.export_links import delete_note, read_note, write_note
from shared.compression.packing import unpack
from shared.effects.erasure import Export
from shared.failures.errors import Retryable
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.tables.tombstones import erased_since
from shared.values import keys
from shared.values.export_files import UNTIL, file_key, logged_name

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@dataclass(frozen=True)
class Exporter:
    """Writes exports into `bucket`, behind links that end after `hours`; with 0 hours it writes none."""

    store: Store
    client: "S3Client"
    bucket: str
    hours: int

    def export(self, effect: Export, committed_ms: int, deadline: float) -> str:
        """Export a customer, unless an erasure has come after `committed_ms`.

        Returns `written` with the file's name in the logs, `erased`, or `no links`.

        A second attempt replaces the file of the first. A note in the partition tells an erasure that there is a file.
        If the erasure comes while the worker writes the file, the worker deletes it again.

        Raises:
            Retryable: the data cannot be read before `deadline`, in epoch seconds. Without this error Lambda would end
                the worker, and the attempt would not be counted.
            botocore.exceptions.ClientError, BotoCoreError: DynamoDB or S3 refused, or did not answer.
        """
        if not self.hours:
            return "no links"
        partition = keys.partition(effect.account, effect.customer)
        if not self._erased(effect, committed_ms):
            held = list(self._in_time(everything_about(self.store, partition), deadline))
            note = write_note(self.store, partition, committed_ms, self.hours)
            key = file_key(note.token(self.store.token))
            self.client.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=json.dumps(readable(effect, held), indent=2).encode(),
                ContentType="application/json",
                Metadata={UNTIL: str(note.until)},
            )
            if not self._erased(effect, committed_ms):
                return f"written {logged_name(key)}"
        if known := read_note(self.store, partition, committed_ms):
            self.client.delete_object(Bucket=self.bucket, Key=file_key(known.token(self.store.token)))
            delete_note(self.store, partition, committed_ms)
        return "erased"

    def _in_time(self, items: Iterator[dict[str, Any]], deadline: float) -> Iterator[dict[str, Any]]:
        for item in items:
            if self.store.clock() >= deadline:
                raise Retryable("out_of_time")
            yield item

    def _erased(self, effect: Export, committed_ms: int) -> bool:
        return erased_since(self.store, effect.account, effect.customer, committed_ms)


def everything_about(store: Store, partition: str) -> Iterator[dict[str, Any]]:
    """Every item of a partition and of the partitions it points to, such as a customer's payments; the access item."""
    account, _ = keys.split(partition)
    key = to_item({"pk": partition, "sk": keys.ACCESS})
    if access := store.client.get_item(TableName=store.access, Key=key, ConsistentRead=True).get("Item"):
        yield from_item(access)
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
    """The items `held` in readable form: records by name, mails, and events in order."""
    unstored = {"pk", "sk", "saved_ms"}
    shown = [item for item in held if item["sk"] == keys.ACCESS]
    return {
        "customer": effect.customer,
        "access": {name: value for item in shown for name, value in item.items() if name not in unstored},
        "records": {_name(effect, item): json.loads(unpack(item["record"])) for item in held if "record" in item},
        "mails": [json.loads(item["mail"]) for item in held if "mail" in item],
        "events": [json.loads(payload) for payload in _payloads(held)],
    }


def _name(effect: Export, item: dict[str, Any]) -> str:
    """A record's name in the file: its sort key, after the partition if that is not the customer's."""
    own = item["pk"] == keys.partition(effect.account, effect.customer)
    return str(item["sk"]) if own else f"{item['pk']}/{item['sk']}"


def _payloads(held: list[dict[str, Any]]) -> Iterator[str]:
    """The archived payloads, in the order of their events. A large payload is stored in several parts."""
    parts: dict[str, bytes] = {}
    for item in sorted((item for item in held if "payload" in item), key=lambda item: str(item["sk"])):
        event, _, _ = str(item["sk"]).rpartition("#")
        parts[event] = parts.get(event, b"") + item["payload"]
    return map(unpack, parts.values())
