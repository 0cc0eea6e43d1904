"""The AWS calls of access. They turn AWS's errors into answers to the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.access.problem import ProblemError
from shared.runtime.aws_code import code_of
from shared.tables.attributes import from_item, to_item
from shared.values import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

MOST = 20
"""The most customers of one reference that an answer looks at."""


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """The secret `secret_id` in Secrets Manager."""

    client: SecretsManagerClient
    secret_id: str

    def fetch(self) -> str:
        """The secret's current value.

        Raises:
            ProblemError: 503, Secrets Manager cannot be reached or refuses.
        """
        try:
            return self.client.get_secret_value(SecretId=self.secret_id).get("SecretString", "")
        except (BotoCoreError, ClientError) as error:
            detail, cause = "The tokens cannot be fetched: try again.", f"GetSecretValue: {code_of(error)}"
            raise ProblemError(503, "tokens_unavailable", detail, cause) from None


@dataclass(frozen=True, slots=True)
class AccessTable:
    """The table of access items. Each read is consistent, so that nobody sees an older item after a newer one."""

    client: DynamoDBClient
    table: str

    def customers_of(self, account: str, reference: str) -> list[str]:
        """The ids of the customers with a reference.

        Raises:
            ProblemError: 503, DynamoDB cannot be reached or refuses.
        """
        try:
            answer = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues=to_item({":pk": keys.reference(account, reference)}),
                ConsistentRead=True,
                Limit=MOST,
            )
        except (BotoCoreError, ClientError) as error:
            raise _unavailable("Query", error) from None
        return [str(from_item(item)["sk"]) for item in answer["Items"]]

    def item_of(self, account: str, customer: str) -> dict[str, Any] | None:
        """The attributes of a customer's access item; None if there is none.

        Raises:
            ProblemError: 503, DynamoDB cannot be reached or refuses.
        """
        key = to_item({"pk": keys.partition(account, customer), "sk": keys.ACCESS})
        try:
            found = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item")
        except (BotoCoreError, ClientError) as error:
            raise _unavailable("GetItem", error) from None
        return from_item(found) if found else None


def _unavailable(operation: str, error: BotoCoreError | ClientError) -> ProblemError:
    cause = f"{operation}: {code_of(error)}"
    return ProblemError(503, "table_unavailable", "The access table cannot be read: try again.", cause)
