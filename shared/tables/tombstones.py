"""Tombstones: an erasure leaves one item, which names no customer and keeps older events out.

They have a table of their own, so that a restore of the books from a backup brings no erased customer back.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from shared.effects.erasure import Erase
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.values import keys
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from shared.values.tokens import tombstone

REMAINS = {"dead_letter_queue": 28 * DAY, "backups": 35 * DAY, "logs": 365 * DAY}
"""Where copies outlive the erasure, and for how many seconds at most. Stripe erases its own copy.

An event waits 14 days in its queue. A FIFO dead-letter queue restarts the clock, and keeps the event for 14 days more.
The logs hold ids only, for `LogRetentionDays`.
"""
REDRIVEN = "each redrive of a dead letter restarts both clocks: 28 days more"
ANNOUNCED = "the inbox keeps what was announced: ids, amounts, and the metadata of Stripe's objects"


@dataclass(frozen=True)
class Tombstone:
    """A stored tombstone.

    Args:
        as_of: epoch seconds; the consumer refuses events created until then.
        buried_ms: epoch milliseconds of the commit; the erasure deletes items saved until then.
        version: the erased record's version; the customer's next record counts on from it.
    """

    as_of: int
    buried_ms: int
    version: int


def burial_writes(store: Store, erase: Erase, now_ms: int) -> list[Any]:
    """The commit's writes for an erasure: the tombstone, and the deletion of the record under its version.

    The tombstone is also the certificate: when the customer was erased, and where copies remain until when. The payment
    of a guest goes the same way, because no customer tells whose it is.
    """
    own = keys.ACCOUNT if erase.customer == erase.account else keys.ORGANIZATION
    place = keys.partition(erase.account, erase.customer), keys.order(erase.customer) if erase.guest else own
    certificate = _certificate(store, erase, now_ms)
    writes = [
        _deletion(store, place, erase.version),
        {"Put": {"TableName": store.tombstones, "Item": to_item(certificate)}},
    ]
    for paid in erase.payments:
        if paid.version:
            writes.append(_deletion(store, (keys.partition(erase.account, paid.id), keys.PAYMENT), paid.version))
        stones = (payment_stone_write(store, erase.account, name, erase.as_of, now_ms) for name in paid.names)
        writes += [{"Put": stone} for stone in stones]
    return writes


def _deletion(store: Store, place: keys.Key, version: int) -> Any:  # noqa: ANN401 - a boto3 shape
    partition, sort_key = place
    return {
        "Delete": {
            "TableName": store.books,
            "Key": to_item({"pk": partition, "sk": sort_key}),
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": to_item({":version": version}),
        }
    }


def _certificate(store: Store, erase: Erase, now_ms: int) -> dict[str, Any]:
    now = now_ms // 1000
    return {
        "pk": tombstone(store.token, erase.account, erase.customer),
        "sk": keys.TOMBSTONE,
        "as_of": erase.as_of,
        "erased_at": now,
        "buried_ms": now_ms,
        "version": erase.version,
        "remains_until": {where: now + seconds for where, seconds in REMAINS.items()} | {"inbox_ids": store.expiry()},
        "remains_if_redriven": REDRIVEN,
        "remains_in_inbox": ANNOUNCED,
        "remains_at_stripe": "until it is erased there: https://docs.stripe.com/privacy/redaction",
    }


def payment_stone_write(store: Store, account: str, payment: str, as_of: int, buried_ms: int) -> Any:  # noqa: ANN401 - a boto3 shape
    """The put of a payment's tombstone: a dispute or refund names the payment alone, years after the erasure."""
    stone = {"pk": tombstone(store.token, account, payment), "sk": keys.TOMBSTONE}
    return {"TableName": store.tombstones, "Item": to_item({**stone, "as_of": as_of, "buried_ms": buried_ms})}


def find_or_bury(store: Store, erase: Erase, committed_ms: int) -> Tombstone:
    """The tombstone of an erasure that was committed at `committed_ms`, in epoch milliseconds.

    Code before 0.2 left the tombstone to the worker; if it is missing, this writes it. The customer may have come back
    since the commit, so it covers nothing later.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer.
    """
    found = find_tombstone(store, erase.account, erase.customer)
    if found:
        return found
    late = _certificate(store, erase, int(store.clock() * 1000)) | {"buried_ms": committed_ms}
    try:
        store.client.put_item(
            TableName=store.tombstones, Item=to_item(late), ConditionExpression="attribute_not_exists(pk)"
        )
    except store.client.exceptions.ConditionalCheckFailedException:  # a commit has just written a newer one
        return find_or_bury(store, erase, committed_ms)
    return Tombstone(erase.as_of, committed_ms, erase.version)


def certify(store: Store, erase: Erase, stone: Tombstone) -> None:
    """Write the end of the deletion on the tombstone, in epoch seconds, unless a newer tombstone replaced it.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer.
    """
    with suppress(store.client.exceptions.ConditionalCheckFailedException):
        store.client.update_item(
            TableName=store.tombstones,
            Key=to_item({"pk": tombstone(store.token, erase.account, erase.customer), "sk": keys.TOMBSTONE}),
            UpdateExpression="SET deleted_at = :now",
            ConditionExpression="attribute_not_exists(buried_ms) OR buried_ms = :buried",
            ExpressionAttributeValues=to_item({":now": store.now(), ":buried": stone.buried_ms}),
        )


def find_tombstone(store: Store, account: str, customer: str) -> Tombstone | None:
    """The tombstone of an erased customer, else None; raises botocore's errors if DynamoDB does not answer."""
    key = to_item({"pk": tombstone(store.token, account, customer), "sk": keys.TOMBSTONE})
    item = store.client.get_item(TableName=store.tombstones, Key=key, ConsistentRead=True).get("Item")
    return tombstone_of(from_item(item)) if item else None


def tombstone_of(stone: Mapping[str, Any]) -> Tombstone:
    """The tombstone that an item holds."""
    # Code before 0.2 wrote neither: it deleted everything at once, so 0 is right for both.
    return Tombstone(stone["as_of"], stone.get("buried_ms", 0), stone.get("version", 0))


def erased_since(store: Store, account: str, customer: str | None, committed_ms: int) -> bool:
    """Whether a customer, or a connected account with all of its customers, was erased after a commit.

    `committed_ms` is the time of the commit, in epoch milliseconds.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer.
    """
    subjects = {customer, None if account == PLATFORM else account} - {None}
    stones = (find_tombstone(store, account, subject) for subject in subjects if subject)
    return any(stone is not None and stone.buried_ms > committed_ms for stone in stones)
