"""Deletes the access items of an account's customers, and session items.

The commit deletes the access item of a customer who is erased alone.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from shared.compression.packing import unpack
from shared.decisions.session_item import KEPT
from shared.stripe_objects.fields import id_of
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.values import keys
from shared.values.times import DAY

EXPIRED_FOR = 2 * DAY
"""Seconds for which DynamoDB may keep an expired item:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html"""


def delete_access(store: Store, partition: str, buried_ms: int) -> None:
    """Delete a customer's access item and its reference, unless they were written after `buried_ms`.

    `buried_ms` is the time of the tombstone, in epoch milliseconds.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer; the next call finds what is left.
    """
    account, customer = keys.split(partition)
    key = to_item({"pk": partition, "sk": keys.ACCESS})
    found = store.client.get_item(TableName=store.access, Key=key, ConsistentRead=True).get("Item")
    item = from_item(found or {})
    if not item or int(item.get("saved_ms", 0)) > buried_ms:
        return  # a newer item needs its reference
    reference = item.get("reference")
    listed = [{"pk": keys.reference(account, reference), "sk": customer}] if reference else []
    # The item comes last: an interrupted erasure finds the reference in it.
    _delete(store, (*listed, {"pk": partition, "sk": keys.ACCESS}), buried_ms)


def delete_session(store: Store, archived: Mapping[str, Any], buried_ms: int) -> None:
    """Delete the item of the Checkout session in an archived payload, unless it was written after `buried_ms`.

    `archived` has the key, the type and the time of the payload. A payload of another type has no session, and the item
    of an old session has expired.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer; the payload is still there.
    """
    since = store.now() - KEPT - EXPIRED_FOR
    if "checkout" not in str(archived.get("type")) or int(archived.get("saved_ms", 0)) < since * 1000:
        return
    key = to_item({"pk": archived["pk"], "sk": archived["sk"]})
    found = store.client.get_item(TableName=store.books, Key=key, ConsistentRead=True).get("Item")
    session = id_of(json.loads(unpack(from_item(found)["payload"]))["data"]["object"]) if found else None
    if session:
        account, _ = keys.split(archived["pk"])
        partition = keys.session(account, session)
        _delete(store, [{"pk": partition, "sk": sort_key} for sort_key in (keys.SESSION, keys.REFRESH)], buried_ms)


def _delete(store: Store, items: Iterable[Mapping[str, str]], buried_ms: int) -> None:
    for key in items:
        with suppress(store.client.exceptions.ConditionalCheckFailedException):
            store.client.delete_item(
                TableName=store.access,
                Key=to_item(key),
                ConditionExpression="attribute_not_exists(saved_ms) OR saved_ms <= :buried",
                ExpressionAttributeValues=to_item({":buried": buried_ms}),
            )
