"""The program for Node in docs/use-it-from-your-app.md reads the items that the commits write, on DynamoDB Local."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from shared.tables.store import Store
from tests.access.support import NOW
from tests.access.test_document import ROOT, blocks, write
from tests.consumer.conftest import dynamodb_local
from tests.consumer.examples import REGION, token
from tests.consumer.tables import make_table
from tests.support.stories import CUSTOMER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["dynamodb_local"]

SDK = ROOT / ".tools/aws-sdk/node_modules"
KEY = {"pk": {"S": f"platform#{CUSTOMER}"}, "sk": {"S": "access"}}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}  # as the document says

pytestmark = pytest.mark.dynamodb_local


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    if found is None or not SDK.exists():
        pytest.skip("Node or the AWS SDK for JavaScript is not installed: run `make aws-sdk`")
    return found


@pytest.fixture
def dynamodb(dynamodb_local: str) -> "Iterator[DynamoDBClient]":
    """A client of a DynamoDB Local that holds the table `billhook-access` after a purchase."""
    client = boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=dynamodb_local,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )
    table = make_table(client, "AccessTable", "billhook-access")
    write(client, Store(client, "", "", "", table, 90, 45, lambda: NOW, token))
    yield client
    client.delete_table(TableName=table)
    client.close()


def prints(node: str, folder: Path, endpoint: str) -> str:
    """What the program of the document prints beside the SDK, with `AWS_ENDPOINT_URL` as the document says."""
    (program,) = blocks("javascript")
    (folder / "app.mjs").write_text(program)
    (folder / "node_modules").symlink_to(SDK)
    environ = {"PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": endpoint, "AWS_REGION": REGION, **CREDENTIALS}
    ran = subprocess.run([node, "app.mjs"], cwd=folder, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_node_program_finds_the_customer_by_reference(
    node: str, dynamodb: "DynamoDBClient", dynamodb_local: str, tmp_path: Path
) -> None:
    assert dynamodb.get_item(TableName="billhook-access", Key=KEY)["Item"]["access"] == {"BOOL": True}
    assert prints(node, tmp_path, dynamodb_local) == f"{CUSTOMER} active studio true\n"


def test_access_that_has_ended_by_itself_is_false_for_the_node_program(
    node: str, dynamodb: "DynamoDBClient", dynamodb_local: str, tmp_path: Path
) -> None:
    dynamodb.update_item(
        TableName="billhook-access",
        Key=KEY,
        UpdateExpression="SET access_until = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    assert prints(node, tmp_path, dynamodb_local) == f"{CUSTOMER} active studio false\n"
