"""Everything that is stored about a customer, as JSON: the table holds it packed."""

import json
import time
from typing import TYPE_CHECKING, Any

from cli.errors import RefusedError
from cli.where import Where
from functions.effects.perform.exporter import everything_about, readable
from shared.effects.erasure import Export
from shared.tables.store import Store
from shared.values.keys import partition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


def print_everything(where: Where, account: str, customer: str) -> None:
    """Print the records, mails and events of a customer as JSON.

    Raises:
        RefusedError: nothing is held.
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer.
    """
    books, access = f"{where.name}-books", f"{where.name}-access"
    held = everything(where.client("dynamodb"), books, access, account, customer)
    if not any(held[part] for part in ("records", "mails", "events")):
        raise RefusedError(f"nothing is held about {customer} of {account} in {books}")
    print(json.dumps(held, indent=2, ensure_ascii=False))


def everything(dynamodb: "DynamoDBClient", books: str, access: str, account: str, customer: str) -> dict[str, Any]:
    """The customer's access item, records by name, mails and events, as in an export; `books` and `access` are tables.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer.
    """
    store = Store(dynamodb, "", books, "", access, retention_days=0, lease=0, clock=time.time, token=_no_token)
    held = list(everything_about(store, partition(account, customer)))
    return readable(Export(account=account, customer=customer), held)


def _no_token(_purpose: str, _partition: str) -> str:
    """An empty token: only tombstones need tokens, and they are not shown."""
    return ""
