"""How far each account is checked: small items of one partition of the books."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from shared.values import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


def cursors(client: "DynamoDBClient", table: str) -> Callable[[], Mapping[str, int]]:
    """A function that reads every account's cursor, in epoch seconds."""

    def read() -> Mapping[str, int]:
        pages = client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": keys.CURSORS}},
        )
        return {item["sk"]["S"]: int(item["cursor"]["N"]) for page in pages for item in page["Items"]}

    return read


def mover(client: "DynamoDBClient", table: str) -> Callable[[str, int], None]:
    """A function that moves an account's cursor."""

    def move(account: str, cursor: int) -> None:
        client.put_item(
            TableName=table,
            Item={
                "pk": {"S": keys.CURSORS},
                "sk": {"S": account},
                "cursor": {"N": str(cursor)},
            },
        )

    return move


def forgetter(client: "DynamoDBClient", table: str) -> Callable[[str], None]:
    """A function that drops an account's cursor."""

    def forget(account: str) -> None:
        client.delete_item(TableName=table, Key={"pk": {"S": keys.CURSORS}, "sk": {"S": account}})

    return forget
