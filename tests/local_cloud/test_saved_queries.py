"""A template may have saved Logs Insights queries, and they can be listed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local_cloud.cloud import LocalCloud

from .conftest import stack, unique


def query(name: str, text: str) -> dict[str, Any]:
    properties = {"Name": name, "QueryString": text, "LogGroupNames": ["some-logs"]}
    return {"Query": {"Type": "AWS::Logs::QueryDefinition", "Properties": properties}}


def saved(cloud: LocalCloud, name: str) -> list[str]:
    found = cloud.client("logs").describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    return [one["queryString"] for one in found]


def test_a_saved_query_is_made_updated_and_deleted_with_its_stack(cloud: LocalCloud) -> None:
    name = unique("query")
    made = stack(cloud, query(name, "fields @message"), {"Id": {"Ref": "Query"}})
    assert saved(cloud, name) == ["fields @message"]
    stack(cloud, query(name, "fields @timestamp"), {"Id": {"Ref": "Query"}}, made["stack"])
    assert saved(cloud, name) == ["fields @timestamp"]
    cloud.client("cloudformation").delete_stack(StackName=made["stack"])
    cloud.client("cloudformation").get_waiter("stack_delete_complete").wait(
        StackName=made["stack"], WaiterConfig={"Delay": 1}
    )
    assert saved(cloud, name) == []


def test_plain_ministack_still_refuses_it(plain_ministack: LocalCloud) -> None:
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        stack(plain_ministack, query("query", "fields @message"), {})
