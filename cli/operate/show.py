"""`make show`: print all that is held about a customer, as JSON: records and payloads lie packed in the table.

In the cloud that `make run` started, or, with --stack, in the AWS account that the environment has credentials for.
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
from shared.stripe_objects.event import PLATFORM
from shared.tables.store import Store
from shared.values.keys import partition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


def main() -> int:
    """Print; 0 if there is anything."""
    parser = argparse.ArgumentParser(prog="make show CUSTOMER=cus_…", description=__doc__)
    parser.add_argument("customer", help="cus_…; or what stands for one: a guest's cs_… or pi_…, an account's acct_…")
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
    """The customer's records by their names, its mails and its events, as an export has them.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: the table could not be read.
    """
    books = Store(dynamodb, inbox="", books=table, retention_days=0, lease=0, clock=time.time, token=_no_token)
    held = list(everything_about(books, partition(account, customer)))
    return readable(Export(account=account, customer=customer), held)


def _no_token(_purpose: str, _partition: str) -> str:
    """Tombstones are not shown, so none has to be found."""
    return ""


def _local() -> tuple["DynamoDBClient", str]:
    return client("dynamodb"), running()["books_table"]


if __name__ == "__main__":
    sys.exit(main())
