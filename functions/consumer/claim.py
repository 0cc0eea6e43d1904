"""Claim: the first stage. One conditional put makes an event ours, under a lease and a fencing token.

    time ──────────────────────────────────────────────────────────────────────────────────────────────>
    put if absent (or forgotten)      commit if token is mine      finish if token is mine      expires_at
    claimed, token a, lease ────────> committed, outbox ─────────> done ──────────────────────> deleted by TTL
         │                                │
         │ lease lapsed or released:      │ the same, but the outbox stays: what is owed is performed,
         └─ update if token is a ─────────┴─ and nothing is decided again
            token b, attempts + 1

A put never takes over: it would erase the outbox.

An event that the inbox has never heard of, in a message that nobody has tried, is not put twice: the commit puts it,
committed already, on the same condition. Deciding has no effect, so whoever decides beside us only loses that put.
What fails before its commit is claimed then, to say so. From its second delivery on a message is claimed first, so
that attempts which end without a word are counted.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from functions.consumer.message import Message
from functions.consumer.store import Store, from_item, to_item

ATTEMPTS = 8
"""The first try and 7 retries, as Defer has it; counted here and per message id, so that a redrive starts afresh."""


# TTL deletes late, by up to days: what has expired is absent.
ABSENT = "attribute_not_exists(id) OR expires_at < :now"
FINISHED = frozenset({"done", "ignored"})


@dataclass(frozen=True)
class Claimed:
    """Ours. `outbox` is what a committed event still owes, as stored; None if nothing is committed yet.

    `item` is what the commit has to put into the inbox; None if it is there already.
    """

    event_id: str
    token: str
    attempt: int
    outbox: str | None
    started_ms: int
    item: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Duplicate:
    """Done before: there is nothing to do. `reason` is why, if the event is ignored."""

    state: str
    reason: str | None = None


@dataclass(frozen=True)
class Held:
    """In somebody else's hands for so many seconds."""

    seconds: int


@dataclass(frozen=True)
class Exhausted:
    """Ours for recording only: the attempt that would now begin is one too many, and none of them got to say why."""

    claim: Claimed


@dataclass(frozen=True)
class Burnt:
    """Failed under this very message id: to be dead-lettered by SQS, without being tried."""


type Claim = Claimed | Duplicate | Held | Exhausted | Burnt


def claim_by_commit(store: Store, message: Message, known: Mapping[str, Any] | None) -> Claimed | Duplicate | None:
    """Claim the event of `message` by its commit; `known` is its inbox item, empty if there is none.

    None if it has to be claimed beforehand: others have begun with it, or `known` is None, since nobody could tell.
    """
    if known is None:
        return None
    if not known or known["expires_at"] < store.now():
        new = _item(store, message, uuid.uuid4().hex)
        return replace(_claimed(new), item=new)
    return Duplicate(known["state"], known.get("reason")) if known["state"] in FINISHED else None


def claim(store: Store, message: Message, ignore: str | None, token: str = "") -> Claim:
    """Claim the event of `message`; where there is a reason to `ignore` it, record that in the same write instead.

    `token` is that of a claim which was left to a commit, if there was one: what that commit may have put is ours.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer; nothing is claimed, no attempt counted.
    """
    new = _item(store, message, token or uuid.uuid4().hex)
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


def _item(store: Store, message: Message, token: str) -> dict[str, Any]:
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
        "started_ms": int(store.clock() * 1000),
        "expires_at": store.expiry(),
    }


def _claim_known(store: Store, message: Message, known: dict[str, Any], token: str) -> Claim:
    if known["state"] in FINISHED:
        return Duplicate(known["state"], known.get("reason"))
    if known["token"] == token:  # our own put, whose answer was lost and which the SDK sent again; or our commit's
        return _claimed(known)
    same_message = known["message_id"] == message.message_id
    if known["state"] == "failed" and same_message:
        return Burnt()
    if known["lease_until"] > store.now():
        return Held(known["lease_until"] - store.now())
    return _take_over(store, message, known, token, attempt=known["attempts"] + 1 if same_message else 1)


def _take_over(store: Store, message: Message, known: dict[str, Any], token: str, attempt: int) -> Claim:
    try:
        answer = store.client.update_item(
            TableName=store.inbox,
            Key=to_item({"id": message.event_id}),
            UpdateExpression="SET #state = :state, #token = :token, message_id = :message, attempts = :attempts, "
            "lease_until = :lease, started_ms = :started REMOVE next_at",
            # Its holder may wake up after our look at it: what is committed or done by now is not taken for undone.
            ConditionExpression="#token = :old AND #state = :known",
            ExpressionAttributeNames={"#state": "state", "#token": "token"},
            ExpressionAttributeValues=to_item(
                {
                    ":state": "committed" if "outbox" in known else "claimed",
                    ":known": known["state"],
                    ":token": token,
                    ":old": known["token"],
                    ":message": message.message_id,
                    ":attempts": attempt,
                    ":lease": store.now() + store.lease,
                    ":started": int(store.clock() * 1000),
                }
            ),
            ReturnValues="ALL_NEW",  # with the marks of what its holder has performed since
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        ours = from_item(answer["Attributes"])
    except store.client.exceptions.ConditionalCheckFailedException as failed:
        ours = from_item(failed.response.get("Item", {}))
        if ours.get("token") != token:
            return Held(store.lease)
    return _claimed(ours) if attempt <= ATTEMPTS else Exhausted(_claimed(ours))


def _claimed(item: dict[str, Any]) -> Claimed:
    return Claimed(item["id"], item["token"], item["attempts"], item.get("outbox"), item["started_ms"])
