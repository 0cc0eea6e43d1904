"""Units as DynamoDB counts them; where Amazon's DynamoDB Local is installed, it is asked."""

from typing import Any

import boto3
import pytest

from bench.units import index_units, read_units, size, time_index_units, write_units
from shared.inbox import entered
from shared.inbox.unfinished import INDEX
from shared.tables.attributes import to_item
from tests.consumer.dynamodb_local import find_jar, running
from tests.consumer.tables import make_table


def item(length: int) -> dict[str, Any]:
    """An item of so many bytes."""
    empty = to_item({"id": "evt_1", "version": 12, "past_due": True, "held": {"for": "a"}, "text": ""})
    return empty | to_item({"text": "x" * (length - size(empty))})


@pytest.mark.parametrize(("length", "units"), [(100, 1), (1024, 1), (1025, 2), (5000, 5)])
def test_a_write_costs_a_unit_per_kilobyte_begun_and_two_in_a_transaction(length: int, units: int) -> None:
    assert write_units(None, item(length), transaction=False) == units
    assert write_units(None, item(length), transaction=True) == 2 * units


def test_an_update_is_billed_by_the_larger_of_before_and_after() -> None:
    assert write_units(item(3000), item(100), transaction=False) == 3


OWING = to_item({"id": "evt_1", INDEX: "3", "committed_ms": 1})
DONE = to_item({"id": "evt_1", "committed_ms": 1})


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, OWING, 1),
        (OWING, OWING | to_item({"state": "committed"}), 0),
        (OWING, DONE, 1),
        (OWING, OWING | to_item({"committed_ms": 2}), 2),
        (DONE, DONE, 0),
    ],
)
def test_an_entry_of_the_index_that_comes_goes_or_moves_is_billed_beside_its_item(
    before: dict[str, Any] | None, after: dict[str, Any], units: int
) -> None:
    assert index_units(before, after) == units


CAME = to_item({"id": "evt_1", entered.INDEX: "20261126T19#2", entered.ENTERED_MS: 1, "type": "invoice.paid"})
LATER = CAME | to_item({entered.INDEX: "20261126T20#2", entered.ENTERED_MS: 2})


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, CAME, 1),
        (CAME, CAME | to_item({"state": "done"}), 0),
        (CAME, CAME | to_item({"customer": "cus_1"}), 1),
        (CAME, LATER, 2),
        (DONE, DONE, 0),
    ],
)
def test_the_time_index_is_billed_for_what_it_copies_alone(
    before: dict[str, Any] | None, after: dict[str, Any], units: int
) -> None:
    assert time_index_units(before, after) == units


@pytest.mark.parametrize(("found", "units"), [(None, 1), (item(4096), 1), (item(4097), 2)])
def test_a_consistent_read_costs_a_unit_for_each_four_kilobytes_begun(found: dict[str, Any] | None, units: int) -> None:
    assert read_units(found) == units


@pytest.mark.dynamodb_local
@pytest.mark.parametrize("length", [900, 1000, 1024, 1025, 1040, 2048, 2049])
def test_dynamodb_local_counts_the_same(length: int, local: Any) -> None:  # noqa: ANN401 - a boto3 client
    table = make_table(local, "InboxTable")
    billed = local.put_item(TableName=table, Item=item(length), ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert billed["CapacityUnits"] == write_units(None, item(length), transaction=False)
    put: Any = [{"Put": {"TableName": table, "Item": item(length)}}]
    (billed,) = local.transact_write_items(TransactItems=put, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert billed["CapacityUnits"] == write_units(None, item(length), transaction=True)


@pytest.mark.dynamodb_local
def test_dynamodb_local_bills_an_entry_that_comes_and_one_that_goes_likewise(local: Any) -> None:  # noqa: ANN401
    table = make_table(local, "InboxTable")
    put = local.put_item(TableName=table, Item=OWING, ReturnConsumedCapacity="INDEXES")
    gone = local.put_item(TableName=table, Item=DONE, ReturnConsumedCapacity="INDEXES")
    billed = [one["ConsumedCapacity"]["GlobalSecondaryIndexes"][INDEX]["CapacityUnits"] for one in (put, gone)]
    assert billed == [index_units(None, OWING), index_units(OWING, DONE)]


@pytest.mark.dynamodb_local
def test_dynamodb_local_bills_an_event_once_in_the_time_index_and_no_update_of_it(local: Any) -> None:  # noqa: ANN401
    table = make_table(local, "InboxTable")
    items = (CAME, CAME | to_item({"state": "done"}), LATER)
    bills = [local.put_item(TableName=table, Item=one, ReturnConsumedCapacity="INDEXES") for one in items]
    of_the_index = [
        bill["ConsumedCapacity"].get("GlobalSecondaryIndexes", {}).get(entered.INDEX, {}).get("CapacityUnits", 0)
        for bill in bills
    ]
    assert of_the_index == [1, 0, 2]


@pytest.fixture(scope="module")
def local() -> Any:  # noqa: ANN401 - a generator of boto3 clients
    jar = find_jar()
    if jar is None:
        pytest.skip("DynamoDB Local is not installed: run `make dynamodb`")
    with running(jar) as url:
        client = boto3.client(
            "dynamodb",
            region_name="eu-central-1",
            endpoint_url=url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        yield client
        client.close()
