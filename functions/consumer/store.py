"""The two tables, and how a value becomes a DynamoDB attribute and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from shared.effects import DAY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True)
class Store:
    """The tables as the composition root hands them on. `clock` gives epoch seconds; `lease` is in seconds."""

    client: "DynamoDBClient"
    inbox: str
    books: str
    retention_days: int
    lease: int
    clock: Callable[[], float]

    def now(self) -> int:
        """Epoch seconds, whole."""
        return int(self.clock())

    def expiry(self) -> int:
        """When an item that is written now may be forgotten, in epoch seconds."""
        return self.now() + self.retention_days * DAY


def to_item(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values as DynamoDB attributes; what is None is left out."""
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items() if value is not None}


def from_item(item: Any) -> dict[str, Any]:  # noqa: ANN401 - a failed condition's item comes untyped
    """DynamoDB attributes as plain values; every number of ours is an integer."""
    deserialize = TypeDeserializer().deserialize
    return {name: _plain(deserialize(attribute)) for name, attribute in item.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever an attribute holds
    """Without boto3's wrappings of numbers and bytes."""
    match value:
        case Decimal():
            return int(value)
        case Binary():
            return bytes(value)  # type: ignore[call-overload] # its stub has no __bytes__
    return value
