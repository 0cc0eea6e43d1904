"""The AWS calls of access. They turn AWS's errors into answers to the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.access.problem import ProblemError
from shared.messages.session_refresh import SessionRefresh, refresh_body
from shared.runtime.aws_code import code_of
from shared.tables.attributes import from_item, to_item
from shared.values import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

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
        return self._get(keys.partition(account, customer), keys.ACCESS)

    def session_of(self, account: str, session: str) -> dict[str, Any] | None:
        """The attributes of the item of a Checkout session; None if there is none.

        Raises:
            ProblemError: 503, DynamoDB cannot be reached or refuses.
        """
        return self._get(keys.session(account, session), keys.SESSION)

    def refresh_of(self, account: str, session: str) -> dict[str, Any] | None:
        """The attributes of the last refresh of a Checkout session that an app asked for; None if there is none.

        Raises:
            ProblemError: 503, DynamoDB cannot be reached or refuses.
        """
        return self._get(keys.session(account, session), keys.REFRESH)

    def _get(self, partition: str, sort_key: str) -> dict[str, Any] | None:
        key = to_item({"pk": partition, "sk": sort_key})
        try:
            found = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item")
        except (BotoCoreError, ClientError) as error:
            raise _unavailable("GetItem", error) from None
        return from_item(found) if found else None


@dataclass(frozen=True, slots=True)
class EffectsQueue:
    """The queue `url` of the effects worker. Few questions need it, so `connect` makes the client with the first."""

    connect: Callable[[], SQSClient]
    url: str

    def ask(self, refresh: SessionRefresh) -> None:
        """Ask for a refresh of a Checkout session.

        Raises:
            ProblemError: 503, SQS cannot be reached or refuses.
        """
        try:
            self.connect().send_message(
                QueueUrl=self.url, MessageBody=refresh_body(refresh), MessageGroupId=refresh.account
            )
        except (BotoCoreError, ClientError) as error:
            cause = f"SendMessage: {code_of(error)}"
            raise ProblemError(503, "queue_unavailable", "The queue did not answer: try again.", cause) from None


def _unavailable(operation: str, error: BotoCoreError | ClientError) -> ProblemError:
    cause = f"{operation}: {code_of(error)}"
    return ProblemError(503, "table_unavailable", "The access table cannot be read: try again.", cause)
