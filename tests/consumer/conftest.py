"""A consumer's world on two engines: moto, and Amazon's own DynamoDB Local where it is installed."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

import boto3
import botocore.endpoint
import pytest
from botocore.httpsession import URLLib3Session
from botocore.retries.quota import RetryQuota
from moto import mock_aws

from shared.runtime.client_config import AWS_CONFIG
from tests.consumer.dynamodb_local import find_jar, running
from tests.consumer.examples import REGION
from tests.consumer.faults import Faults
from tests.consumer.tables import make_tables
from tests.consumer.world import World
from tests.support.checked import checked

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[str]:
    """The URL of a DynamoDB Local that serves the whole run."""
    jar = find_jar()
    if jar is None:
        pytest.skip("DynamoDB Local is not installed: run `make dynamodb`")
    with running(jar) as url:
        yield url


@pytest.fixture(scope="module", params=["moto", pytest.param("dynamodb-local", marks=pytest.mark.dynamodb_local)])
def engine(request: pytest.FixtureRequest) -> str:
    """Where the tables are; a module that needs only one of them overrides this."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def dynamodb(engine: str, request: pytest.FixtureRequest) -> "Iterator[DynamoDBClient]":
    """The client as the composition root configures it; making one takes longer than most tests."""
    if engine == "moto":
        with mock_aws():
            yield boto3.client("dynamodb", region_name=REGION, config=checked(AWS_CONFIG))
        return
    client = boto3.client(
        "dynamodb",
        region_name=REGION,
        config=checked(AWS_CONFIG),
        endpoint_url=request.getfixturevalue("dynamodb_local"),
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    yield client
    client.close()


@pytest.fixture
def world(dynamodb: "DynamoDBClient", engine: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Empty tables, a clock that stands still, and services that only take note."""
    # The SDK's own retries are real here, but for their pauses and the quota that a module's tests would share.
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
    monkeypatch.setattr(RetryQuota, "acquire", lambda _self, _amount: True)
    tables, wire = make_tables(dynamodb), URLLib3Session()
    faults = Faults(dynamodb, (lambda _request: None) if engine == "moto" else wire.send)
    yield World.on(dynamodb, tables, faults)
    faults.mend()
    wire.close()
