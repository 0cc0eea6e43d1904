"""Deletes the access items of an account's customers; the commit deletes that of a customer who is erased alone."""

from contextlib import suppress

from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.values import keys


def delete_access(store: Store, partition: str, buried_ms: int) -> None:
    """Delete a customer's access item and its reference, unless they were written after `buried_ms`.

    `buried_ms` is the time of the tombstone, in epoch milliseconds.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer; the next call finds what is left.
    """
    account, customer = keys.split(partition)
    key = to_item({"pk": partition, "sk": keys.ACCESS})
    item = store.client.get_item(TableName=store.access, Key=key, ConsistentRead=True).get("Item")
    if item is None:
        return
    reference = from_item(item).get("reference")
    listed = to_item({"pk": keys.reference(account, reference), "sk": customer}) if reference else None
    for one in (listed, key):  # the item comes last: an interrupted erasure finds the reference in it
        if one:
            with suppress(store.client.exceptions.ConditionalCheckFailedException):
                store.client.delete_item(
                    TableName=store.access,
                    Key=one,
                    ConditionExpression="attribute_not_exists(saved_ms) OR saved_ms <= :buried",
                    ExpressionAttributeValues=to_item({":buried": buried_ms}),
                )
