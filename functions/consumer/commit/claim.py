"""Claim: one conditional write takes an event for this consumer, under a lease and a fencing token.

    time ────────────────────────────────────────────────────────────────────────────────────────>
    put if absent (or expired)     commit if token is mine      the effects worker      expires_at
    claimed, token a, lease ─────> committed, outbox ─────────> done ─────────────────> deleted by TTL
         │                             or done, if nothing is owed
         │ lease lapsed or released
         └─ update if token is a: token b, attempts + 1

A put never replaces an item, since it would erase the outbox. After the commit the consumer never writes the item
again: if the message comes again, the consumer reads the item and hands the event over again.

On first delivery the commit inserts the inbox item under the same condition. Deciding has no effect, so a second
consumer that decides beside the first only loses its commit. From the second delivery on, the consumer claims the
message before it decides; so the inbox also counts attempts that crash.
"""

import secrets
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from functions.consumer.commit.claims import Claimed, ClaimResult, Committed, Duplicate, Exhausted, New
from functions.consumer.message import Message
from shared.failures.backoff import ATTEMPTS
from shared.inbox import entered
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere
from shared.inbox.outbox import owing
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store

ABSENT = "attribute_not_exists(id) OR expires_at < :now"  # TTL deletes up to days late
TOKEN_BYTES = 12  # 16 characters: the item stays under a kilobyte, which is a write unit
FINISHED = frozenset({"done", "ignored"})


def claim_by_commit(
    store: Store, message: Message, known: Mapping[str, Any] | None
) -> New | Committed | Duplicate | None:
    """What `known` allows: the inbox item as it was read ahead, empty if there is none, None if the read failed.

    Returns None if the consumer must claim the event first: another attempt has begun, or the read failed.
    """
    if known is None:
        return None
    if not known or known["expires_at"] < store.now():
        item = _item(store, message, secrets.token_urlsafe(TOKEN_BYTES))
        return New(item["id"], item["token"], item["started_ms"], item)
    return _settled(known)


def claim_message(store: Store, message: Message, ignore: str | None, token: str = "") -> ClaimResult:
    """Claim the event of `message`; if there is a reason to `ignore` it, the same write records that instead.

    `token` is the token of an earlier claim by commit, if any: an item that carries it belongs to this attempt.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer, and no attempt is counted.
    """
    new = _item(store, message, token or secrets.token_urlsafe(TOKEN_BYTES))
    if ignore:
        new |= {"state": "ignored", "reason": ignore, "lease_until": 0}
    try:
        store.client.put_item(
            TableName=store.inbox,
            Item=to_item(new),
            ConditionExpression=ABSENT,
            ExpressionAttributeValues=to_item({":now": store.now()}),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except store.client.exceptions.ConditionalCheckFailedException as failed:
        return _claim_known(store, message, from_item(failed.response.get("Item", {})), new["token"])
    return Duplicate("ignored", ignore) if ignore else _claimed(new)


def _settled(known: Mapping[str, Any]) -> Committed | Duplicate | None:
    """The answer for an event that is finished or committed; None if it is neither."""
    if known["state"] in FINISHED:
        return Duplicate(known["state"], known.get("reason"))
    return Committed(owing(known), known.get("committed_ms", known["started_ms"])) if "outbox" in known else None


def _item(store: Store, message: Message, token: str) -> dict[str, Any]:
    """A new inbox item, which enters the time index."""
    now_ms = int(store.clock() * 1000)
    hour, shard = datetime.fromtimestamp(now_ms // 1000, UTC), zlib.crc32(message.event_id.encode()) % entered.SHARDS
    return {
        "id": message.event_id,
        "state": "claimed",
        "message_id": message.message_id,
        "attempts": 1,
        "token": token,
        "lease_until": store.now() + store.lease,
        "type": message.type,
        "account": message.account,
        "customer": message.customer,
        "livemode": message.livemode,
        "api_version": message.api_version,
        "endpoint": message.endpoint,
        "received_ms": message.sent_ms,
        "started_ms": now_ms,
        entered.INDEX: entered.PARTITION.format(hour, shard),
        entered.ENTERED_MS: now_ms,
        "expires_at": store.expiry(),
    }


def _claim_known(store: Store, message: Message, known: dict[str, Any], token: str) -> ClaimResult:
    if settled := _settled(known):
        return settled
    if known["token"] == token:  # this attempt's own put: its answer was lost, and the SDK sent it again
        return _claimed(known)
    same_message = known["message_id"] == message.message_id
    if known["state"] == "failed" and same_message:
        return AwaitingDeadLetter()
    if known["lease_until"] > store.now():
        return LeasedElsewhere(known["lease_until"] - store.now())
    return _take_over(store, message, known, token, same_message=same_message)


def _take_over(store: Store, message: Message, known: dict[str, Any], token: str, *, same_message: bool) -> ClaimResult:
    try:
        answer = store.client.update_item(
            TableName=store.inbox,
            Key=to_item({"id": message.event_id}),
            UpdateExpression="SET #state = :state, #token = :token, message_id = :message, attempts = :attempts, "
            "lease_until = :lease, started_ms = :started REMOVE next_at" + ("" if same_message else ", faulty_since"),
            # The holder may commit between the read and this write.
            ConditionExpression="#token = :old AND #state = :known",
            ExpressionAttributeNames={"#state": "state", "#token": "token"},
            ExpressionAttributeValues=to_item(
                {
                    ":state": "claimed",
                    ":known": known["state"],
                    ":token": token,
                    ":old": known["token"],
                    ":message": message.message_id,
                    ":attempts": known["attempts"] + 1 if same_message else 1,
                    ":lease": store.now() + store.lease,
                    ":started": int(store.clock() * 1000),
                }
            ),
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        item = from_item(answer["Attributes"])
    except store.client.exceptions.ConditionalCheckFailedException as failed:
        item = from_item(failed.response.get("Item", {}))
        if item.get("token") != token:
            return LeasedElsewhere(store.lease)
    return _claimed(item) if item["attempts"] <= ATTEMPTS else Exhausted(_claimed(item))


def _claimed(item: dict[str, Any]) -> Claimed:
    faulty_since, errors = item.get("faulty_since", 0), tuple(item.get("errors", ()))
    return Claimed(item["id"], item["token"], item["attempts"], item["started_ms"], faulty_since, errors)
