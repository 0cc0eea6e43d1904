"""The tables, as a composition root hands them on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.values.times import DAY
from shared.values.tokens import Token

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True)
class Store:
    """The tables and what every write needs: `tombstones` lists the erased without their names.

    `clock` gives epoch seconds; `lease` is in seconds; `token` makes the names of tombstones.
    """

    client: "DynamoDBClient"
    inbox: str
    books: str
    tombstones: str
    access: str
    retention_days: int
    lease: int
    clock: Callable[[], float]
    token: Token

    def now(self) -> int:
        """Epoch seconds, whole."""
        return int(self.clock())

    def expiry(self) -> int:
        """When DynamoDB may delete an item that is written now, in epoch seconds."""
        return self.now() + self.retention_days * DAY
