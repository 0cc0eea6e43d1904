"""Lease: the worker takes one lane of one committed event, under a lease and a fencing token of the lane's own.

SQS delivers a message of a standard queue at least once, and several at the same time. Without a lease two workers
could send one mail. The claim only updates: an item that is gone stays gone.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from functions.effects.message import Message
from shared.inbox.lanes import LANES, Lane
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere
from shared.inbox.outbox import Owed, Progress, dump, in_lane, load, owing, progress_of, with_waits
from shared.inbox.unfinished import INDEX, shard_of
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store

type Other = Literal["owes", "failed", "owes nothing"]
"""How the other lane of an event is: `failed` if it was given up, and nobody has redriven it."""


@dataclass(frozen=True)
class Leased:
    """A lane of an event is ours. `progress` covers the whole outbox, since an entry may wait for the other lane's."""

    event_id: str
    lane: Lane
    token: str
    account: str
    type: str
    committed_ms: int
    outbox: tuple[Owed, ...]
    progress: dict[int, Progress]
    other: Other
    """How the other lane was when this one was leased."""
    hands_on: bool = False
    """Whether nobody may have been told of the mails yet: no worker has had them, nor written about this lane."""

    @property
    def entries(self) -> list[tuple[int, Owed]]:
        """The lane's entries, each with its place in the outbox."""
        return list(in_lane(self.outbox, self.lane))


@dataclass(frozen=True)
class NothingOwed:
    """The lane owes nothing: it is finished, or the inbox has forgotten the event."""


type Lease = Leased | NothingOwed | LeasedElsewhere | AwaitingDeadLetter


def lease(store: Store, message: Message) -> Lease:
    """Take the lane that `message` names, for as long as the store's leases last.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer; nothing is leased that will not lapse.
    """
    token = uuid.uuid4().hex
    found = _take(store, message, token)
    if isinstance(found, dict) and "progress" not in found and owing(found):
        if not _adopt(store, found):
            return LeasedElsewhere(max(1, found["lease_until"] - store.now()))
        found = _take(store, message, token)
    if isinstance(found, Leased):
        return found
    return _refused(store, message, found, token)


def _take(store: Store, message: Message, token: str) -> Leased | dict[str, Any]:
    """The lane, or the item as it is if its state does not allow to take it; empty if there is none."""
    holder = {
        "token": token,
        "lease_until": store.now() + store.lease,
        "message_id": message.message_id,
        "sent_ms": message.sent_ms,
    }
    try:
        answer = store.client.update_item(
            TableName=store.inbox,
            Key=to_item({"id": message.event_id}),
            UpdateExpression="SET #holder = :holder",
            ConditionExpression="attribute_exists(#owed) AND (attribute_not_exists(#holder) OR ("
            "#holder.lease_until <= :now AND "
            "(attribute_not_exists(#holder.failed_ms) OR #holder.failed_ms < :sent)))",
            ExpressionAttributeNames={"#holder": f"{message.lane}_holder", "#owed": f"{message.lane}_owed"},
            ExpressionAttributeValues=to_item({":holder": holder, ":now": store.now(), ":sent": message.sent_ms}),
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except store.client.exceptions.ConditionalCheckFailedException as failed:
        return from_item(failed.response.get("Item", {}))
    return _leased(from_item(answer["Attributes"]), message.lane, token)


def _refused(store: Store, message: Message, item: dict[str, Any], token: str) -> Lease:
    if f"{message.lane}_owed" not in item:
        return NothingOwed()
    holder = item[f"{message.lane}_holder"]
    if holder["token"] == token:  # our own update: its answer was lost, and the SDK sent it again
        return _leased(item, message.lane, token)
    if "failed_ms" in holder:
        return AwaitingDeadLetter()
    return LeasedElsewhere(max(0, holder["lease_until"] - store.now()))


def _leased(item: dict[str, Any], lane: Lane, token: str) -> Leased:
    outbox = load(item["outbox"])
    return Leased(
        event_id=item["id"],
        lane=lane,
        token=token,
        account=item["account"],
        type=item["type"],
        committed_ms=item.get("committed_ms", item["started_ms"]),
        outbox=outbox,
        progress=progress_of(item, outbox),
        other=other_lane(item, lane),
        hands_on=lane == "effects" and "mails_owed" in item and not {"mails_holder", "effects_ms"} & item.keys(),
    )


def other_lane(item: Mapping[str, Any], lane: Lane) -> Other:
    """How the lane beside `lane` is, by the inbox item as plain values."""
    (other,) = (one for one in LANES if one != lane)
    if f"{other}_owed" not in item:
        return "owes nothing"
    return "failed" if "failed_ms" in item.get(f"{other}_holder", {}) else "owes"


def _adopt(store: Store, item: dict[str, Any]) -> bool:
    """Give an item that code before the effects worker committed the attributes of today; False while it is leased.

    The new token fences off a consumer of that code, if one should wake up.
    """
    values = {
        "token": uuid.uuid4().hex,
        "outbox": dump(with_waits(load(item["outbox"]))),
        "progress": {},  # the outcomes so far stand in the outbox itself
        "committed_ms": item["started_ms"],
        INDEX: shard_of(item["id"]),
        **{f"{lane}_owed": True for lane in owing(item)},
    }
    try:
        store.client.update_item(
            TableName=store.inbox,
            Key=to_item({"id": item["id"]}),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
            ConditionExpression="#token = :old AND lease_until <= :now AND #state IN (:committed, :failed)",
            ExpressionAttributeNames={"#state": "state", **{f"#{name}": name for name in values}},
            ExpressionAttributeValues=to_item(
                {
                    ":old": item["token"],
                    ":now": store.now(),
                    ":committed": "committed",
                    ":failed": "failed",
                    **{f":{name}": value for name, value in values.items()},
                }
            ),
        )
    except store.client.exceptions.ConditionalCheckFailedException:
        return False
    return True
