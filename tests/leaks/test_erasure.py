"""Erased means erased: after late disputes, refunds and redriven dead letters nothing personal is stored anywhere."""

import json
from typing import Any

from shared.compression.packing import unpack
from tests.leaks.canaries import MARK, with_canaries
from tests.leaks.system import System
from tests.prove.moto_cloud import Items, Snapshot
from tests.prove.scenarios import BEFORE_LEAVING
from tests.support.samples import sample

LATE = (
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.closed.lost",
    "radar.early_fraud_warning.created",
    "refund.created",
    "refund.failed",
    "charge.refunded",
    "charge.refunded.subscription",
)
"""Most of these name a payment and no customer."""
STRIPES_WORDS = ("reason", "failure_reason", "fraud_type")


def of_stripe(system: System, name: str) -> dict[str, Any]:
    """A sample with canaries, but for the words that Stripe chooses."""
    event = with_canaries(name, system.canaries)
    told = sample(name).object
    event["data"]["object"] |= {word: told[word] for word in STRIPES_WORDS if word in told}
    return event


def late(system: System, name: str, at: int) -> dict[str, Any]:
    """A sample of after the erasure, about a payment of before it."""
    event = of_stripe(system, name)
    obj = event["data"]["object"]
    if "payment_intent" in obj:
        obj["payment_intent"] = with_canaries("payment_intent.succeeded", system.canaries)["data"]["object"]["id"]
    return event | {"id": f"evt_late_{name}", "created": at}


def both(snapshot: Snapshot) -> Items:
    """The items of the books, and the tombstones."""
    return {**snapshot.books, **snapshot.tombstones}


def stored(system: System) -> str:
    """All that lies in the tables, unpacked, in the bucket, and in schedules and their messages."""
    snapshot = system.moto_cloud.snapshot()
    books = [{name: _readable(name, value) for name, value in item.items()} for item in both(snapshot).values()]
    operators = [{**item, "outbox": ""} for item in snapshot.inbox.values()]
    return json.dumps([books, operators, snapshot.schedules, str(snapshot.files)], default=str)


def _readable(name: str, value: object) -> str:
    """A value as text; records, journals and payloads are packed."""
    return unpack(value) if name in {"record", "journal", "payload"} and isinstance(value, bytes) else str(value)


def erased(system: System) -> int:
    """A customer with payments, orders and a subscription, erased to the end; the time just after it."""
    for name in (*BEFORE_LEAVING, "customer.subscription.deleted"):
        assert not {"failed", "silent"} & set(system.settle(with_canaries(name, system.canaries)))
    assert MARK in stored(system)
    for kind in ("farewell.due", "erasure.due", "erasure.unconfirmed"):
        (name,) = (name for name, message in system.moto_cloud.schedules().items() if message["type"] == kind)
        message = json.loads(system.moto_cloud.fire(name))
        assert "performed" in system.settle(message)
    assert MARK not in stored(system)
    return int(message["created"]) + 60


def test_late_news_of_money_stores_no_person(system: System) -> None:
    at = erased(system)
    before = both(system.moto_cloud.snapshot()).keys()
    for name in LATE:
        assert not {"failed", "silent"} & set(system.settle(late(system, name, at)))
        assert MARK not in stored(system), name
    new = [item for key, item in both(system.moto_cloud.snapshot()).items() if key not in before]
    assert any(item["sk"] == "money" for item in new)
    assert all("expires_at" in item or item["sk"] == "tombstone" for item in new)


def test_dead_letters_that_are_redriven_after_it_bring_nobody_back(system: System) -> None:
    erased(system)
    for name in (*BEFORE_LEAVING, "customer.subscription.deleted", "charge.refunded", "charge.dispute.created"):
        event = of_stripe(system, name) | {"id": f"evt_dead_{name}"}
        assert not {"failed", "silent"} & set(system.settle(event))
        assert MARK not in stored(system), name
