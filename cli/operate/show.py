"""`make show`: print everything that is stored about a customer, as JSON (the table holds it packed).

It works on the cloud that `make run` started, or, with --stack, on the AWS account of your credentials.
"""

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from cli.local.running import NothingRunsError, client, running
from functions.effects.perform.exporter import everything_about, readable
from shared.effects.erasure import Export
from shared.tables.store import Store
from shared.values.keys import partition
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


def main() -> int:
    """Print; the exit code is 0 if anything is stored."""
    parser = argparse.ArgumentParser(prog="make show CUSTOMER=cus_…", description=__doc__)
    parser.add_argument("customer", help="cus_…; for a guest cs_… or pi_…; for a connected account acct_…")
    parser.add_argument("--account", default=PLATFORM, help="the connected account whose customer it is, acct_…")
    parser.add_argument("--stack", help="the stack's name; the running local cloud's by default")
    asked = parser.parse_args()
    try:
        dynamodb, table = (boto3.client("dynamodb"), f"{asked.stack}-books") if asked.stack else _local()
        held = show(dynamodb, table, asked.account, asked.customer)
    except (NothingRunsError, ClientError, BotoCoreError) as error:
        sys.stderr.write(f"not shown: {error}\n")
        return 1
    if not any(held[part] for part in ("records", "mails", "events")):
        sys.stderr.write(f"nothing is held about {asked.customer} of {asked.account} in {table}\n")
        return 1
    print(json.dumps(held, indent=2, ensure_ascii=False))
    return 0


def show(dynamodb: "DynamoDBClient", table: str, account: str, customer: str) -> dict[str, Any]:
    """The customer's records by name, mails and events, as in an export.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer.
    """
    books = Store(dynamodb, inbox="", books=table, retention_days=0, lease=0, clock=time.time, token=_no_token)
    held = list(everything_about(books, partition(account, customer)))
    return readable(Export(account=account, customer=customer), held)


def _no_token(_purpose: str, _partition: str) -> str:
    """An empty token: only tombstones need tokens, and they are not shown."""
    return ""


def _local() -> tuple["DynamoDBClient", str]:
    return client("dynamodb"), running()["books_table"]


if __name__ == "__main__":
    sys.exit(main())
