"""How a plain value becomes a DynamoDB attribute, and back."""

from collections.abc import Mapping, Sequence
from typing import Any


def to_item(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values as DynamoDB attributes, without None.

    Billhook has six kinds of attributes. boto3's serializer handles ten, and takes four times as long.
    """
    return {name: _attribute(value) for name, value in values.items() if value is not None}


def from_item(item: Any) -> dict[str, Any]:  # noqa: ANN401 - a failed condition's item comes untyped
    """DynamoDB attributes as plain values; every number is an integer."""
    return {name: _value(attribute) for name, attribute in item.items()}


def _attribute(value: str | int | bytes | Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case Mapping():
            return {"M": to_item(value)}
        case list() | tuple():
            return {"L": [_attribute(one) for one in value]}
        case _:
            raise TypeError(f"no attribute of ours is of type {type(value).__name__}")


def _value(attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an attribute holds any value
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return int(value)
        case "M":
            return from_item(value)
        case "L":
            return [_value(one) for one in value]
    return value
