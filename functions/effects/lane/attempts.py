"""Marks: what the worker writes on the inbox item about the lane that it holds, under the lane's fencing token."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from functions.effects.lane.lease import Leased, Other, other_lane
from shared.inbox.lanes import LANES
from shared.inbox.outbox import Progress, dump, without_announcements
from shared.inbox.unfinished import INDEX
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store


class FencedError(Exception):
    """Another worker has taken the lane: stop, and write nothing."""


@dataclass(frozen=True)
class _Change:
    """What an update does beside writing down progress, in DynamoDB's expressions."""

    sets: str = ""
    removes: str = ""
    condition: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


def checkpoint(store: Store, leased: Leased, changed: Mapping[int, Progress]) -> None:
    """Write down what was done so far, and keep the lease.

    Raises:
        FencedError: another worker has taken the lane.
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer.
    """
    _write(store, leased, changed, _Change())


def release(store: Store, leased: Leased, changed: Mapping[int, Progress], wait: int) -> None:
    """Write down what was done, and let go of the lane, which goes on in `wait` seconds; raises as `checkpoint` does.

    Reconciliation hands a lane over again that did not go on then.
    """
    sets = ", #holder.lease_until = :zero, #holder.not_before = :not_before"
    _write(store, leased, changed, _Change(sets, values={":zero": 0, ":not_before": store.now() + wait}))


def give_up(store: Store, leased: Leased, changed: Mapping[int, Progress], error: str) -> None:
    """Write down that the lane has failed: SQS dead-letters its message, and a redrive tries it afresh.

    Raises as `checkpoint` does.
    """
    failed_ms = int(store.clock() * 1000)
    change = _Change(
        ", #holder.lease_until = :zero, #holder.failed_ms = :failed_ms, #state = :failed, #error = :error",
        names={"#state": "state", "#error": "error"},
        values={":zero": 0, ":failed_ms": failed_ms, ":failed": "failed", ":error": error},
    )
    _write(store, leased, changed, change)


def finish(store: Store, leased: Leased, changed: Mapping[int, Progress]) -> None:
    """Write down that the lane owes nothing more; the event is done if the other lane owes nothing either.

    Raises as `checkpoint` does.
    """
    other: Other | None = leased.other
    while other:
        other = _finish_beside(store, leased, changed, other)


def _finish_beside(store: Store, leased: Leased, changed: Mapping[int, Progress], other: Other) -> Other | None:
    """Finish the lane if the other one is as `other` says; returns how it is if it has changed meanwhile."""
    change = _finish_change(store, leased, other)
    if leased.lane == "effects":  # the mails' worker never writes the outbox
        slim = dump(without_announcements(leased.outbox))
        change = replace(change, sets=change.sets + ", outbox = :outbox", values={**change.values, ":outbox": slim})
    found = _update(store, leased, changed, change)
    if found is None or f"{leased.lane}_owed" not in found:  # our own update: the SDK sent it again
        return None
    if found[f"{leased.lane}_holder"]["token"] != leased.token:
        raise FencedError
    return other_lane(found, leased.lane)


def _finish_change(store: Store, leased: Leased, other: Other) -> _Change:
    """What finishing the lane changes, and on which condition, while the other lane is as `other` says."""
    (beside,) = (lane for lane in LANES if lane != leased.lane)
    names = {"#owed": f"{leased.lane}_owed", "#other": f"{beside}_owed", "#state": "state"}
    match other:
        case "owes nothing":
            return _Change(
                ", #state = :state, done_ms = :now",
                " REMOVE #owed, #holder, #error, #unfinished",
                " AND attribute_not_exists(#other)",
                names | {"#error": "error", "#unfinished": INDEX},
                {":state": "done", ":now": int(store.clock() * 1000)},
            )
        case "failed":
            state, failed = "failed", "attribute_exists(#beside.failed_ms)"
        case "owes":
            state, failed = "committed", "attribute_not_exists(#beside.failed_ms)"
    return _Change(
        ", #state = :state",
        " REMOVE #owed, #holder",
        f" AND attribute_exists(#other) AND {failed}",
        names | {"#beside": f"{beside}_holder"},
        {":state": state},
    )


def _write(store: Store, leased: Leased, changed: Mapping[int, Progress], change: _Change) -> None:
    if _update(store, leased, changed, change) is not None:
        raise FencedError


def _update(store: Store, leased: Leased, changed: Mapping[int, Progress], change: _Change) -> dict[str, Any] | None:
    """Update the item while our token holds the lane; else the item as it is, empty if it is gone."""
    marks = {f":p{place}": one.model_dump(exclude_defaults=True) for place, one in changed.items()}
    sets = "".join(f", progress.#p{place} = :p{place}" for place in changed)
    try:
        store.client.update_item(
            TableName=store.inbox,
            Key=to_item({"id": leased.event_id}),
            UpdateExpression="SET #marked = :marked" + sets + change.sets + change.removes,
            ConditionExpression="#holder.#token = :token" + change.condition,
            ExpressionAttributeNames={
                "#holder": f"{leased.lane}_holder",
                "#token": "token",
                "#marked": f"{leased.lane}_ms",
                **{f"#p{place}": str(place) for place in changed},
                **change.names,
            },
            ExpressionAttributeValues=to_item(
                {":token": leased.token, ":marked": int(store.clock() * 1000), **marks, **change.values}
            ),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except store.client.exceptions.ConditionalCheckFailedException as refused:
        return from_item(refused.response.get("Item", {}))
    return None
