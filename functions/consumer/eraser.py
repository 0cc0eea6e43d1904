"""Erasure: nothing personal is left of a customer but a tombstone, which tells nobody whose it is."""

from functools import partial
from itertools import batched, groupby
from typing import TYPE_CHECKING, Any

from functions.consumer.exporter import everything_about
from functions.consumer.perform import DoErase
from functions.consumer.store import Store, to_item
from functions.consumer.tokens import Token, export_key, tombstone
from shared import keys
from shared.effects import DAY, Erase
from shared.errors import Retryable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

AT_ONCE = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""

REMAINS = {"dead_letter_queue": 14 * DAY, "backups": 35 * DAY}
"""Where copies outlive the erasure, and for how long, in seconds. Stripe's own copy is Stripe's to erase."""


def eraser(store: Store, client: "S3Client", bucket: str, token: Token) -> DoErase:
    """A function that erases a customer; erased twice, nothing more happens.

    The tombstone comes first: from then on no late event brings back what is being deleted. Files go before the items
    that tell of them, and pointers last: an erasure that was cut short finds by them what is left.
    """

    def erase(effect: Erase) -> str:
        partition = keys.partition(effect.account, effect.customer)
        _bury(store, tombstone(token, effect.account, effect.customer), effect)
        held = [(str(item["pk"]), str(item["sk"])) for item in everything_about(store, partition)]
        for whose in {partition, *(partition for partition, _ in held)}:
            client.delete_object(Bucket=bucket, Key=export_key(token, whose))
        for _, those in groupby(sorted(held, key=partial(_when, partition)), key=partial(_when, partition)):
            for some in batched(those, AT_ONCE, strict=False):
                _delete(store, some)
        return f"erased {len(held)}"

    return erase


def _when(partition: str, key: tuple[str, str]) -> int:
    """In which turn an item is deleted; a batch is not atomic, so none holds items of two turns."""
    leads_on = keys.led_to(key[1]) is not None
    return leads_on + (leads_on and key[0] == partition)  # last those that lead to others with pointers of their own


def _bury(store: Store, grave: str, effect: Erase) -> None:
    """The tombstone, which is the certificate too: as of when it was erased, and what remains where until when."""
    now = store.now()
    certificate = {
        "pk": grave,
        "sk": "tombstone",
        "as_of": effect.as_of,
        "erased_at": now,
        "remains_until": {where: now + seconds for where, seconds in REMAINS.items()} | {"inbox_ids": store.expiry()},
        "remains_at_stripe": "until it is erased there: https://docs.stripe.com/privacy/redaction",
    }
    store.client.put_item(TableName=store.books, Item=to_item(certificate))


def _delete(store: Store, those: tuple[tuple[str, str], ...]) -> None:
    requests: Any = [{"DeleteRequest": {"Key": to_item({"pk": pk, "sk": sk})}} for pk, sk in those]
    answer = store.client.batch_write_item(RequestItems={store.books: requests})
    if answer.get("UnprocessedItems"):
        raise Retryable("UnprocessedItems")  # erasing again begins with what is left
