"""DynamoDB's arithmetic: how large an item is, and how many units a write or a read of it is billed as.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Mapping
from typing import Any

WRITE_UNIT, READ_UNIT = 1024, 4096


def size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """The bytes of an item, given as DynamoDB attributes."""
    return sum(len(name.encode()) + _value(attribute) for name, attribute in item.items())


def write_units(*items: Mapping[str, Any] | None, transaction: bool) -> int:
    """The units of one write, given the item before and after it: the larger counts, and a transaction twice."""
    largest = max((size(item) for item in items if item), default=0)
    return max(1, -(-largest // WRITE_UNIT)) * (2 if transaction else 1)


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
    raise ValueError(f"no item of ours has a {kind}")
