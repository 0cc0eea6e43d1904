"""Progress: what the worker writes on the inbox item about its lane, under the lane's fencing token."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from functions.effects.lane.lease import Leased, OtherLane, other_lane
from shared.inbox.lanes import LANES
from shared.inbox.outbox import dump, without_announcements
from shared.inbox.progress import Progress
from shared.inbox.unfinished import INDEX
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store


class FencedError(Exception):
    """Another worker has leased the lane: this one stops and writes nothing."""


@dataclass(frozen=True)
class _Change:
    """What an update changes besides the progress, in DynamoDB's expressions."""

    sets: str = ""
    removes: str = ""
    condition: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


def checkpoint(store: Store, leased: Leased, changed: Mapping[int, Progress]) -> None:
    """Write the progress so far, and keep the lease.

    Raises:
        FencedError: another worker has leased the lane.
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer.
    """
    _write(store, leased, changed, _Change())


def release(store: Store, leased: Leased, changed: Mapping[int, Progress], wait: int) -> None:
    """Write the progress, and release the lane until it is tried again in `wait` seconds.

    If no worker leases the lane by then, reconciliation hands it over again. Raises as `checkpoint` does.
    """
    sets = ", #holder.lease_until = :zero, #holder.not_before = :not_before"
    _write(store, leased, changed, _Change(sets, values={":zero": 0, ":not_before": store.now() + wait}))


def give_up(store: Store, leased: Leased, changed: Mapping[int, Progress], error: str) -> None:
    """Write that the lane has failed. SQS dead-letters its message, and a redrive tries the lane afresh.

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
    """Write that the lane owes nothing more. The event is done if the other lane owes nothing either.

    Raises as `checkpoint` does.
    """
    other: OtherLane | None = leased.other
    while other:
        other = _finish_while(store, leased, changed, other)


def _finish_while(store: Store, leased: Leased, changed: Mapping[int, Progress], other: OtherLane) -> OtherLane | None:
    """Finish the lane on condition that the other lane is as `other` says; returns its state if that has changed."""
    change = _finish_change(store, leased, other)
    if leased.lane == "effects":  # the mails' worker never writes the outbox
        slim = dump(without_announcements(leased.outbox))
        change = replace(change, sets=change.sets + ", outbox = :outbox", values={**change.values, ":outbox": slim})
    found = _update(store, leased, changed, change)
    if found is None or f"{leased.lane}_owed" not in found:  # this worker's own update, which the SDK sent twice
        return None
    if found[f"{leased.lane}_holder"]["token"] != leased.token:
        raise FencedError
    return other_lane(found, leased.lane)


def _finish_change(store: Store, leased: Leased, other: OtherLane) -> _Change:
    """The change that finishes the lane, with the condition that the other lane is as `other` says."""
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
    """Update the item while this worker holds the lane; otherwise returns the item as it is, empty if it is gone."""
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
