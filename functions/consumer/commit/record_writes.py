"""The writes of a commit that save one record, under the version that the decision read; access and session items."""

from typing import Any

from shared.decisions.access_item import AccessChange
from shared.decisions.session_item import KEPT, SessionItem
from shared.records.payment import Payment
from shared.records.stored_record import Record
from shared.tables.attributes import to_item
from shared.tables.store import Store
from shared.tables.tombstones import payment_stone_write
from shared.values import keys
from shared.values.tokens import tombstone


def record_writes(store: Store, record: Record, now_ms: int) -> list[Any]:
    """The put of `record`: a check instead if it is empty, and the money alone if its customer was erased."""
    if isinstance(record, Payment) and record.erased_at is not None:
        return _money_writes(store, record, record.erased_at, now_ms)
    if record.is_empty:
        key = to_item({"pk": record.partition, "sk": record.sort_key})
        return [{"ConditionCheck": {"TableName": store.books, "Key": key, **_unchanged(record)}}]
    place = {"pk": record.partition, "sk": record.sort_key}
    expiry = {"expires_at": store.expiry()} if record.expires else {}
    return [_put(store.books, record, {**place, "record": record.packed(), "saved_ms": now_ms, **expiry})]


def access_writes(store: Store, change: AccessChange, now_ms: int) -> list[Any]:
    """The writes of a changed access item and of the reference that lists the customer.

    They need no condition: the transaction also saves or deletes the customer's record, under its version.
    """
    account, customer = keys.split(change.partition)
    item, key = change.item, {"pk": change.partition, "sk": keys.ACCESS}
    reference = item.reference if item else None
    if item:
        plain = {**key, **item.model_dump(exclude_none=True), "saved_ms": now_ms}
        writes = [{"Put": {"TableName": store.access, "Item": to_item(plain)}}]
    else:
        writes = [{"Delete": {"TableName": store.access, "Key": to_item(key)}}]
    if reference == change.before:
        return writes
    if change.before:
        old = {"pk": keys.reference(account, change.before), "sk": customer}
        writes.append({"Delete": {"TableName": store.access, "Key": to_item(old)}})
    if reference:
        new = {"pk": keys.reference(account, reference), "sk": customer, "saved_ms": now_ms}
        writes.append({"Put": {"TableName": store.access, "Item": to_item(new)}})
    return writes


def session_write(store: Store, item: SessionItem, now_ms: int) -> Any:  # noqa: ANN401 - a boto3 shape
    """The update of a session item. A late event that tells less leaves the outcome as it is, in any order."""
    kept = item.model_dump(exclude_none=True) | {"saved_ms": now_ms, "expires_at": now_ms // 1000 + KEPT}
    sets = ", ".join(f"#{name} = :{name}" for name in kept if name != "outcome")
    outcome = ":outcome" if item.final else "if_not_exists(#outcome, :outcome)"
    gone = " REMOVE #why" if item.final and item.why is None else ""
    return {
        "Update": {
            "TableName": store.access,
            "Key": to_item({"pk": keys.session(item.account, item.session), "sk": keys.SESSION}),
            "UpdateExpression": f"SET {sets}, #outcome = {outcome}{gone}",
            "ExpressionAttributeNames": {f"#{name}": name for name in (*kept, *(("why",) if gone else ()))},
            "ExpressionAttributeValues": to_item({f":{name}": value for name, value in kept.items()}),
        }
    }


def _money_writes(store: Store, payment: Payment, erased_at: int, now_ms: int) -> list[Any]:
    """The put of an erased payment's money, which expires, beside the tombstone of the payment."""
    grave = tombstone(store.token, payment.account, payment.subject)
    nameless = payment.model_copy(update={"subject": ""}).packed()
    item = {"pk": grave, "sk": keys.MONEY, "record": nameless, "saved_ms": now_ms, "expires_at": store.expiry()}
    stone = payment_stone_write(store, payment.account, payment.subject, erased_at, now_ms)
    # A later event finds the tombstone; an expired record begins anew at version 0.
    return [_put(store.tombstones, payment, item), *([{"Put": stone}] if payment.version == 0 else [])]


def _put(table: str, record: Record, item: dict[str, Any]) -> Any:  # noqa: ANN401 - a boto3 shape
    versioned = to_item({**item, "version": record.overall_version + 1})
    return {"Put": {"TableName": table, "Item": versioned, **_unchanged(record)}}


def _unchanged(record: Record) -> Any:  # noqa: ANN401 - likewise
    """The condition that no commit has saved the record since it was read."""
    if record.repeatable:
        return {}
    if record.version == 0:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    version = to_item({":version": record.overall_version})
    return {"ConditionExpression": "version = :version", "ExpressionAttributeValues": version}
