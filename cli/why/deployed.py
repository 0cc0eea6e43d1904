"""The policy and the books that the deployed consumer decides with, for a decision that is not committed."""

import time
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from cli.errors import RefusedError
from cli.where import Where
from functions.consumer.settings import Settings, policy_of, read_settings
from shared.policy.policy import Policy
from shared.records.books import Books
from shared.records.stored_record import Record
from shared.tables.books import DynamoBooks
from shared.tables.store import Store
from shared.values import keys
from shared.values.tokens import Token, Tokens


@dataclass
class ReadBooks:
    """The books, which remember each record that a decision reads. Implements `shared.records.books.Books`."""

    books: Books
    read_records: dict[keys.Key, Record] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The business's own choices."""
        return self.books.policy

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        """The record as the last commit left it; raises botocore's errors if DynamoDB does not answer."""
        found = self.books.read(kind, *names)
        self.read_records[found.key] = found
        return found

    def awaits_settlement(self, account: str, customer: str) -> bool:
        """Whether the customer has money under way."""
        return self.books.awaits_settlement(account, customer)


def settings_of(where: Where) -> Settings:
    """The settings of the deployed consumer.

    Raises:
        RefusedError: this code does not know the settings of that version.
        botocore.exceptions.ClientError, BotoCoreError: AWS refuses to show them.
    """
    asked = {"StackName": where.name, "LogicalResourceId": "ConsumerFunction"}
    found = where.client("cloudformation").describe_stack_resource(**asked)["StackResourceDetail"]
    name = found["PhysicalResourceId"]
    deployed = where.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    try:
        return read_settings(deployed)
    except ValueError as error:  # pydantic's, which quotes no value here that is secret
        raise RefusedError(f"this checkout cannot read the settings of {where.name}: {error}") from None


def books_of(where: Where, settings: Settings) -> tuple[ReadBooks, str]:
    """The books as the consumer reads them, and what is left out, in words; empty if nothing is."""
    token, missing = _token(where, settings)
    store = Store(
        client=where.client("dynamodb"),
        inbox=settings.inbox_table,
        books=settings.books_table,
        tombstones=settings.tombstones_table,
        access=settings.access_table,
        retention_days=settings.retention_days,
        lease=settings.lease_seconds,
        clock=time.time,
        token=token,
    )
    return ReadBooks(DynamoBooks(store, policy_of(settings))), missing


def _token(where: Where, settings: Settings) -> tuple[Token, str]:
    """Makes the names of tombstones, if your credentials may read the key; otherwise no tombstone is found."""
    tokens: Any = Tokens(where.client("secretsmanager"), settings.token_key_id)
    try:
        tokens("probe", "")
    except ClientError:
        return _no_token, "your credentials may not read the key of the tombstones, so erasures are left out"
    return tokens, ""


def _no_token(_purpose: str, partition: str) -> str:
    """The name of a tombstone that does not exist."""
    return f"none for {partition}"
