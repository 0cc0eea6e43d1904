"""The two tables, and how a value becomes a DynamoDB attribute and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.effects import DAY
from shared.tokens import Token

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True)
class Store:
    """The tables as the composition root hands them on.

    `clock` gives epoch seconds; `lease` is in seconds; `token` makes the names of tombstones.
    """

    client: "DynamoDBClient"
    inbox: str
    books: str
    retention_days: int
    lease: int
    clock: Callable[[], float]
    token: Token

    def now(self) -> int:
        """Epoch seconds, whole."""
        return int(self.clock())

    def expiry(self) -> int:
        """When an item that is written now may be forgotten, in epoch seconds."""
        return self.now() + self.retention_days * DAY


def to_item(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values as DynamoDB attributes; what is None is left out.

    Ours are of five kinds. boto3's serializer knows ten, and takes four times as long to tell them apart.
    """
    return {name: _attribute(value) for name, value in values.items() if value is not None}


def from_item(item: Any) -> dict[str, Any]:  # noqa: ANN401 - a failed condition's item comes untyped
    """DynamoDB attributes as plain values; every number of ours is an integer."""
    return {name: _value(attribute) for name, attribute in item.items()}


def _attribute(value: str | int | bytes | Mapping[str, Any]) -> dict[str, Any]:
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
        case _:
            raise TypeError(f"no attribute of ours is of type {type(value).__name__}")


def _value(attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever an attribute holds
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return int(value)
        case "M":
            return from_item(value)
    return value
