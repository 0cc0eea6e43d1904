"""DynamoDB's billing: the size of an item, and the units of a write or a read.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Mapping
from typing import Any

from shared.inbox import entered, unfinished

WRITE_UNIT, READ_UNIT = 1024, 4096
PROJECTED = ("type", "account", "customer", "received_ms")
"""The attributes that template.yaml copies into the time index."""


def size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """The size of an item in bytes; the item consists of DynamoDB attributes."""
    return sum(len(name.encode()) + _value(attribute) for name, attribute in item.items())


def write_units(*items: Mapping[str, Any] | None, transaction: bool) -> int:
    """The units of one write: the larger item counts, before or after; a transaction doubles the units."""
    largest = max((size(item) for item in items if item), default=0)
    return max(1, -(-largest // WRITE_UNIT)) * (2 if transaction else 1)


def index_units(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> int:
    """The units that a write of an inbox item costs in the sparse index of unfinished events.

    A new or a removed entry is one write; a changed key is two.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes

    A transaction doubles the units of the table but not of an index, as measured on AWS
    (https://github.com/nubo-db/dynoxide/pull/188); Amazon's DynamoDB Local doubles both.
    """
    return _moved(before, after, (unfinished.INDEX, unfinished.SINCE))


def time_index_units(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> int:
    """The units that a write of an inbox item costs in the time index: an entry is under a kilobyte."""
    return _moved(before, after, (entered.INDEX, entered.ENTERED_MS, *PROJECTED))


def _moved(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: tuple[str, ...]) -> int:
    old, new = (
        tuple(item.get(name) for name in names) if item and names[0] in item else None for item in (before, after)
    )
    if old == new:
        return 0
    if old and new and old[:2] == new[:2]:  # only a projected attribute differs
        return 1
    return sum(entry is not None for entry in (old, new))


def read_units(item: Mapping[str, Any] | None) -> int:
    """The units of one consistent read."""
    return max(1, -(-size(item or {}) // READ_UNIT))


def _value(attribute: Mapping[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "B":
            return len(value)
        case "N":
            return (len(str(value).lstrip("-")) + 1) // 2 + 1
        case "BOOL" | "NULL":
            return 1
        case "M":
            return 3 + size(value) + len(value)
        case "L":
            return 3 + sum(_value(one) + 1 for one in value)
    raise ValueError(f"no item of ours has a {kind}")
