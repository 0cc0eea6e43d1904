"""How far each account is checked: small items in one partition of the books."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.values import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True)
class Cursors:
    """The accounts' cursors in the books table `table`. Every method raises botocore's errors."""

    client: "DynamoDBClient"
    table: str

    def read(self) -> Mapping[str, int]:
        """Every account's cursor, in epoch seconds."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": keys.CURSORS}},
        )
        return {item["sk"]["S"]: int(item["cursor"]["N"]) for page in pages for item in page["Items"]}

    def move(self, account: str, cursor: int) -> None:
        """Set an account's cursor, in epoch seconds."""
        item = {"pk": {"S": keys.CURSORS}, "sk": {"S": account}, "cursor": {"N": str(cursor)}}
        self.client.put_item(TableName=self.table, Item=item)

    def forget(self, account: str) -> None:
        """Delete an account's cursor."""
        self.client.delete_item(TableName=self.table, Key={"pk": {"S": keys.CURSORS}, "sk": {"S": account}})
