"""What the inbox has: asked by event id, and for nothing but the id."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from functions.reconcile.reconcile import Unknown
from shared.failures.errors import Retryable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesOutputTypeDef, KeysAndAttributesTypeDef

BATCH = 100
"""How many items one call may ask for
(https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html)."""

ROUNDS = 5
"""How often what DynamoDB left out is asked for again."""


def inbox(client: "DynamoDBClient", table: str, sleep: Callable[[float], None] = time.sleep) -> Unknown:
    """A function that says which of some events the inbox does not have, in any state.

    What failed is known too: it lies in the dead-letter queue, and is the redrive's to bring back.

    The function raises Retryable if DynamoDB leaves something out time and again, and botocore's errors.
    """

    def unknown(ids: Sequence[str]) -> set[str]:
        lacking = dict.fromkeys(ids)
        for start in range(0, len(ids), BATCH):
            for known in _known(client, table, list(dict.fromkeys(ids[start : start + BATCH])), sleep):
                lacking.pop(known, None)
        return set(lacking)

    return unknown


def _known(client: "DynamoDBClient", table: str, ids: Sequence[str], sleep: Callable[[float], None]) -> list[str]:
    found: list[str] = []
    asked: KeysAndAttributesTypeDef | KeysAndAttributesOutputTypeDef
    asked = {"Keys": [{"id": {"S": id_}} for id_ in ids], "ProjectionExpression": "id"}
    for again in range(ROUNDS):
        answer = client.batch_get_item(RequestItems={table: asked})
        found += [item["id"]["S"] for item in answer["Responses"].get(table, [])]
        if not (left := answer.get("UnprocessedKeys", {}).get(table)):
            return found
        asked = left
        sleep(0.1 * 2**again)
    raise Retryable("UnprocessedKeys")
