"""Which events the inbox has: asked by event id, and for nothing but the id."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

from shared.failures.errors import Retryable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesOutputTypeDef, KeysAndAttributesTypeDef

BATCH = 100
"""How many items one call may ask for
(https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html)."""

ROUNDS = 5
"""How many calls there are at most for one batch, while DynamoDB leaves items out."""


@dataclass(frozen=True)
class Inbox:
    """The inbox table `table`. `sleep` pauses for so many seconds."""

    client: "DynamoDBClient"
    table: str
    sleep: Callable[[float], None] = time.sleep

    def lacks(self, ids: Sequence[str]) -> set[str]:
        """Those of the event ids that the inbox does not have, in any state.

        The inbox has failed events, too: they lie in the dead-letter queue, and a redrive brings them back.

        Raises:
            Retryable: DynamoDB leaves something out time and again.
            botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer.
        """
        lacking = dict.fromkeys(ids)
        for batch in batched(dict.fromkeys(ids), BATCH, strict=False):
            for known in self._known(batch):
                lacking.pop(known, None)
        return set(lacking)

    def _known(self, ids: Sequence[str]) -> list[str]:
        found: list[str] = []
        asked: KeysAndAttributesTypeDef | KeysAndAttributesOutputTypeDef
        asked = {"Keys": [{"id": {"S": id_}} for id_ in ids], "ProjectionExpression": "id"}
        for again in range(ROUNDS):
            answer = self.client.batch_get_item(RequestItems={self.table: asked})
            found += [item["id"]["S"] for item in answer["Responses"].get(self.table, [])]
            if not (left := answer.get("UnprocessedKeys", {}).get(self.table)):
                return found
            asked = left
            self.sleep(0.1 * 2**again)
        raise Retryable("UnprocessedKeys")
