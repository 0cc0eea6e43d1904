"""Lease: the worker claims one lane of one committed event. Each lane has its own lease and fencing token.

A standard queue may deliver one message twice, and to two workers at once. Without a lease both would send the mail.
The claim only updates an item: an item that has expired is not created again.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from functions.effects.message import LaneMessage
from shared.inbox.lanes import LANES, Lane
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere
from shared.inbox.outbox import Owed, dump, in_lane, load, owing, progress_of, with_waits
from shared.inbox.progress import Progress
from shared.inbox.unfinished import INDEX, shard_of
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store

type OtherLane = Literal["owes", "failed", "owes nothing"]
"""The state of the event's other lane: `failed` if it was given up and not redriven since."""


@dataclass(frozen=True)
class Leased:
    """This worker holds the lane. `progress` covers the whole outbox: an entry may wait for one of the other lane."""

    event_id: str
    lane: Lane
    token: str
    account: str
    type: str
    committed_ms: int
    outbox: tuple[Owed, ...]
    progress: dict[int, Progress]
    other: OtherLane
    """The state of the other lane when this one was leased."""
    hands_over_mails: bool = False
    """Whether this worker must hand the mails over: no worker has leased them, or written progress on this lane."""

    @property
    def entries(self) -> list[tuple[int, Owed]]:
        """The lane's entries, each with its place in the outbox."""
        return list(in_lane(self.outbox, self.lane))


@dataclass(frozen=True)
class NothingOwed:
    """The lane owes nothing: it is finished, or the inbox item has expired."""


type Lease = Leased | NothingOwed | LeasedElsewhere | AwaitingDeadLetter


def lease(store: Store, message: LaneMessage) -> Lease:
    """Lease the lane that `message` names, for `store.lease` seconds.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer. A lease that it may have
            written expires by itself.
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


def _take(store: Store, message: LaneMessage, token: str) -> Leased | dict[str, Any]:
    """The leased lane; or the inbox item, if its state forbids the lease; empty if there is no item."""
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


def _refused(store: Store, message: LaneMessage, item: dict[str, Any], token: str) -> Lease:
    if f"{message.lane}_owed" not in item:
        return NothingOwed()
    holder = item[f"{message.lane}_holder"]
    if holder["token"] == token:  # this worker's own update: its answer was lost, and the SDK sent it again
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
        hands_over_mails=lane == "effects"
        and "mails_owed" in item
        and not {"mails_holder", "effects_ms"} & item.keys(),
    )


def other_lane(item: Mapping[str, Any], lane: Lane) -> OtherLane:
    """The state of the lane other than `lane`, read from the inbox item as plain values."""
    (other,) = (one for one in LANES if one != lane)
    if f"{other}_owed" not in item:
        return "owes nothing"
    return "failed" if "failed_ms" in item.get(f"{other}_holder", {}) else "owes"


def _adopt(store: Store, item: dict[str, Any]) -> bool:
    """Give an item from a version before the effects worker today's attributes; returns False while it is leased.

    The new token fences off a consumer of that version.
    """
    values = {
        "token": uuid.uuid4().hex,
        "outbox": dump(with_waits(load(item["outbox"]))),
        "progress": {},  # that version wrote outcomes into the outbox
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
