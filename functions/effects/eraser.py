"""Erasure: deletes what is left of a customer beside the line; the commit has written the tombstone already."""

from dataclasses import dataclass
from functools import partial
from itertools import batched, groupby
from typing import TYPE_CHECKING, Any

from functions.effects.exporter import everything_about
from functions.effects.worker import Done, More
from shared import keys
from shared.effects import Erase
from shared.errors import Retryable
from shared.tables.attributes import to_item
from shared.tables.store import Store
from shared.tokens import export_key

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

AT_ONCE = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""


@dataclass(frozen=True)
class Eraser:
    """Erases customers and connected accounts, files in `bucket` included."""

    store: Store
    client: "S3Client"
    bucket: str

    def step(self, effect: Erase, cursor: str | None, deadline: float) -> Done | More:  # noqa: ARG002 - the next commit's
        """Delete files first, then items, pointers last: an erasure that was cut short finds by them what is left.

        Raises:
            Retryable, botocore.exceptions.ClientError, BotoCoreError: erasing again begins with what is left.
        """
        partition = keys.partition(effect.account, effect.customer)
        held = [(str(item["pk"]), str(item["sk"])) for item in everything_about(self.store, partition)]
        for whose in {partition, *(partition for partition, _ in held)}:
            self.client.delete_object(Bucket=self.bucket, Key=export_key(self.store.token, whose))
        for _, those in groupby(sorted(held, key=partial(_when, partition)), key=partial(_when, partition)):
            for some in batched(those, AT_ONCE, strict=False):
                _delete(self.store, some)
        return Done(f"erased {len(held)}")


def _when(partition: str, key: tuple[str, str]) -> int:
    """In which turn an item is deleted; a batch is not atomic, so none holds items of two turns."""
    leads_on = keys.led_to(key[1]) is not None
    return leads_on + (leads_on and key[0] == partition)  # last those that lead to others with pointers of their own


def _delete(store: Store, those: tuple[tuple[str, str], ...]) -> None:
    requests: Any = [{"DeleteRequest": {"Key": to_item({"pk": pk, "sk": sk})}} for pk, sk in those]
    answer = store.client.batch_write_item(RequestItems={store.books: requests})
    if answer.get("UnprocessedItems"):
        raise Retryable("UnprocessedItems")  # erasing again begins with what is left
