"""`billhook erase-again`: erase again from restored books what was erased since the backup.

The command reads the table of tombstones and finds each partition of the books that a tombstone covers. There it
deletes what the erasure deleted: records, payloads, mails and payments that were saved until then. Newer items belong
to a customer who came back, and stay. Tombstones that an earlier build wrote into the books move to their table.

Stop the consumer and the effects worker first. A second run finds nothing more to delete. Your AWS credentials must
allow reading and changing the tables of books, tombstones and access. They must also allow reading the stack, its token
key and its bucket of exports.
"""

import base64
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import RefusedError, in_words
from cli.operate.audit import Change, audited
from cli.operate.covered import ERASED, in_the_books, move, read_tombstones
from cli.where import HERE, Where
from functions.effects.perform.sweep import Places, Sweep, pages
from shared.failures.errors import Retryable
from shared.tables.attributes import from_item
from shared.tables.store import Store
from shared.tables.tombstones import Tombstone
from shared.values import keys
from shared.values.tokens import Tokens

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

PAGE = 1000
"""Items of one Scan, after which the command tells its progress."""
ALL_THE_TIME = float("inf")
"""The deadline of a sweep that nobody hurries."""


@dataclass
class Applied:
    """The progress of a run: what it has scanned, found and deleted, and where the next run may begin."""

    scanned: int = 0
    partitions: int = 0
    deleted: int = 0
    after: Any = None

    def __str__(self) -> str:
        return f"{self.scanned} items scanned, {self.partitions} erased partitions, {self.deleted} items"


@dataclass(frozen=True)
class SpareNewer:
    """A bucket whose files stay if they are newer than an erasure: they belong to a customer who came back."""

    client: "S3Client"
    buried_ms: int

    def delete_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803 - as boto3
        """Delete a file that was written until the erasure; raises botocore's errors if S3 refuses."""
        try:
            written = self.client.head_object(Bucket=Bucket, Key=Key)["LastModified"]
        except self.client.exceptions.ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:  # noqa: PLR2004 - not found
                return
            raise
        if written.timestamp() * 1000 <= self.buried_ms:
            self.client.delete_object(Bucket=Bucket, Key=Key)


def erase_again(
    *, suffix: str | None = None, after: str | None = None, dry_run: bool = False, where: Where = HERE
) -> None:
    """After a restore, erase again what was erased since.

    Stop the consumer and the effects worker first. A second run finds nothing more to delete. Newer items belong to a
    customer who came back, and stay.

    Args:
        suffix: the end of the names of the restored tables, such as `restored` of <stack>-books-restored.
        after: go on after the place that an interrupted run named.
        dry_run: only count what would be deleted.
        where: the stack.
    """
    applied = Applied(after=_place(after) if after else None)
    try:
        places = _places(where, suffix)
        # The restored books replace the present ones, so they keep the entry.
        change = Change("erase-again", {"suffix": suffix, "after": after}, books=places.store.books)
        with audited(where, change, dry_run=dry_run) as counts:
            for _ in apply(places, applied, dry_run=dry_run):
                counts["items deleted"] = applied.deleted
                print(f"  {applied}  --after {_token(applied.after)}")
            counts["items deleted"] = applied.deleted
    except (RefusedError, ClientError, BotoCoreError, Retryable) as error:
        on = f"go on with --after {_token(applied.after)}, or " if applied.after else ""
        raise RefusedError(f"stopped: {in_words(error) or error}\n{on}begin again: nothing is deleted twice") from None
    print(f"{applied} {'to delete' if dry_run else 'deleted'}")


def apply(places: Places, applied: Applied, *, dry_run: bool) -> Iterator[None]:
    """Apply all tombstones to the books; yields after each page of the scan, when `applied` has its progress.

    Raises:
        Retryable, botocore.exceptions.ClientError, BotoCoreError: an AWS service failed; `applied.after` is the place.
    """
    store, covered = places.store, read_tombstones(places.store)
    for item in in_the_books(store):
        if not dry_run:
            move(store, item)
    start: Any = {"ExclusiveStartKey": applied.after} if applied.after else {}
    partition, stone = "", None
    while True:
        page: Any = store.client.scan(
            TableName=store.books, ProjectionExpression="pk, sk, saved_ms", ConsistentRead=True, Limit=PAGE, **start
        )
        for item in map(from_item, page["Items"]):
            if item["pk"].startswith(ERASED):
                continue
            if item["pk"] != partition:
                partition, stone = item["pk"], covered.by(item["pk"])
                applied.partitions += stone is not None
                if stone and not dry_run:
                    applied.deleted += _erase(places, partition, stone)
            if stone and dry_run:
                applied.deleted += int(item.get("saved_ms", 0)) <= stone.buried_ms
        applied.scanned += page["ScannedCount"]
        applied.after = page.get("LastEvaluatedKey")
        if not applied.after:
            return
        yield
        start = {"ExclusiveStartKey": applied.after}


def _erase(places: Places, partition: str, stone: Tombstone) -> int:
    """Delete what a tombstone covers in a partition, and return how many items that were."""
    bucket: Any = SpareNewer(places.client, stone.buried_ms)
    account, _ = keys.split(partition)
    sweep = Sweep(replace(places, client=bucket), account, stone.as_of, stone.buried_ms, ALL_THE_TIME, 0, None)
    for page in pages(places.store, partition):
        sweep.bury_payments(page)
        sweep.clear(page)
    return sweep.deleted


def _places(where: Where, suffix: str | None) -> Places:
    outputs, _ = where.described()
    books, access = (f"{where.name}-{table}" + (f"-{suffix}" if suffix else "") for table in ("books", "access"))
    token = Tokens(where.client("secretsmanager"), f"{where.name}/token-key")
    tables = "", books, outputs["TombstonesTableName"], access
    store = Store(where.client("dynamodb"), *tables, retention_days=0, lease=0, clock=time.time, token=token)
    return Places(store, where.client("s3"), outputs["ExportsBucketName"], time.sleep, random.uniform)


def _token(place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _place(token: str) -> Any:  # noqa: ANN401 - a DynamoDB key
    try:
        return json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        raise RefusedError("--after is no place that a run has named; leave it out to begin again") from None
