"""The inbox is read in batches, and again for the keys that DynamoDB left out."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from functions.reconcile.inbox import ROUNDS, Inbox
from shared.failures.errors import Retryable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb.client import DynamoDBClient


@pytest.fixture(scope="module")
def client() -> "Iterator[DynamoDBClient]":
    made = boto3.client("dynamodb", region_name="eu-central-1", aws_access_key_id="t", aws_secret_access_key="t")
    yield made
    made.close()


def request(*ids: str) -> dict[str, Any]:
    return {"inbox": {"Keys": [{"id": {"S": id_}} for id_ in ids], "ProjectionExpression": "id"}}


def answer(*found: str, left: tuple[str, ...] = ()) -> dict[str, Any]:
    items = [{"id": {"S": id_}} for id_ in found]
    return {"Responses": {"inbox": items}, "UnprocessedKeys": request(*left) if left else {}}


def test_a_hundred_are_asked_for_at_once_and_each_once(client: "DynamoDBClient") -> None:
    ids = [f"evt_{number}" for number in range(150)]
    with Stubber(client) as dynamodb:
        dynamodb.add_response("batch_get_item", answer("evt_7"), {"RequestItems": request(*ids[:100])})
        dynamodb.add_response("batch_get_item", answer("evt_120"), {"RequestItems": request(*ids[100:])})

        assert Inbox(client, "inbox").lacks(ids) == set(ids) - {"evt_7", "evt_120"}


def test_nothing_is_asked_for_nothing(client: "DynamoDBClient") -> None:
    with Stubber(client):
        assert Inbox(client, "inbox").lacks([]) == set()


def test_what_dynamodb_leaves_out_is_asked_for_again_and_not_taken_for_missing(client: "DynamoDBClient") -> None:
    waited: list[float] = []
    with Stubber(client) as dynamodb:
        both = {"RequestItems": request("evt_1", "evt_2")}
        dynamodb.add_response("batch_get_item", answer("evt_1", left=("evt_2",)), both)
        dynamodb.add_response("batch_get_item", answer("evt_2"), {"RequestItems": request("evt_2")})

        assert Inbox(client, "inbox", waited.append).lacks(["evt_1", "evt_2"]) == set()
    assert len(waited) == 1


def test_what_it_leaves_out_time_and_again_ends_the_run(client: "DynamoDBClient") -> None:
    with Stubber(client) as dynamodb:
        for _ in range(ROUNDS):
            dynamodb.add_response("batch_get_item", answer(left=("evt_1",)), {"RequestItems": request("evt_1")})

        with pytest.raises(Retryable):
            Inbox(client, "inbox", lambda _seconds: None).lacks(["evt_1"])
