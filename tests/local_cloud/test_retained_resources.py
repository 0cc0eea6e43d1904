"""A stack can neither take over an existing table nor delete a protected one; secrets and groups are imported."""

import json
from typing import Any

import pytest

from infra.local_cloud.cloud import LocalCloud
from tests.local_cloud.conftest import eventually, stack, unique

KEY = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}


def table(name: str, **properties: object) -> dict[str, Any]:
    return {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": name, **KEY, **properties}}


def status(cloud: LocalCloud, name: str) -> str:
    described = cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    return "" if described.endswith("IN_PROGRESS") else str(described)


def ends_as(cloud: LocalCloud, resources: dict[str, Any]) -> str:
    """The status of a new stack, once it is made or rolled back."""
    name = unique("stack")
    cloud.client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    return eventually(lambda: status(cloud, name))


def takes_over(cloud: LocalCloud) -> str:
    name = unique("table")
    cloud.client("dynamodb").create_table(TableName=name, **KEY)
    return ends_as(cloud, {"Table": table(name)})


def test_a_stack_takes_over_no_table_that_exists(cloud: LocalCloud) -> None:
    assert takes_over(cloud) == "ROLLBACK_COMPLETE"


def test_plain_ministack_still_lets_a_stack_take_over_a_table(plain_ministack: LocalCloud) -> None:
    assert takes_over(plain_ministack) == "CREATE_COMPLETE"


def deletes_a_protected_table(cloud: LocalCloud) -> str:
    made = stack(cloud, {"Table": table(unique("kept"), DeletionProtectionEnabled=True)}, {})["stack"]
    cloudformation = cloud.client("cloudformation")
    [described] = cloudformation.describe_stacks(StackName=made)["Stacks"]
    cloudformation.delete_stack(StackName=made)
    return eventually(lambda: status(cloud, described["StackId"]))


def test_a_stack_deletes_no_protected_table(cloud: LocalCloud) -> None:
    assert deletes_a_protected_table(cloud) == "DELETE_FAILED"


def test_plain_ministack_still_lets_a_stack_delete_a_protected_table(plain_ministack: LocalCloud) -> None:
    assert deletes_a_protected_table(plain_ministack) == "DELETE_COMPLETE"


def may_be_imported(cloud: LocalCloud, type_: str) -> str:
    """Whether the change set that takes back what a deleted stack has left can be executed."""
    kept, again = unique("kept"), unique("again")
    resource = {"Type": type_, "DeletionPolicy": "Retain", "Properties": {"Name": kept}}
    made = stack(cloud, {"Kept": resource}, {})["stack"]
    cloudformation = cloud.client("cloudformation")
    [described] = cloudformation.describe_stacks(StackName=made)["Stacks"]
    cloudformation.delete_stack(StackName=made)
    eventually(lambda: status(cloud, described["StackId"]))
    identifier = {"Id": kept} if type_.endswith("Secret") else {"Name": kept}
    cloudformation.create_change_set(
        StackName=again,
        ChangeSetName="import",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps({"Resources": {"Kept": resource}}),
        ResourcesToImport=[{"ResourceType": type_, "LogicalResourceId": "Kept", "ResourceIdentifier": identifier}],
    )
    set_ = cloudformation.describe_change_set(StackName=again, ChangeSetName="import")
    if set_["ExecutionStatus"] == "AVAILABLE":
        cloudformation.execute_change_set(StackName=again, ChangeSetName="import")
        assert eventually(lambda: status(cloud, again)) == "IMPORT_COMPLETE"
    return str(set_["ExecutionStatus"])


KINDS = ["AWS::SecretsManager::Secret", "AWS::Scheduler::ScheduleGroup"]


@pytest.mark.parametrize("type_", KINDS)
def test_what_a_deleted_stack_has_left_can_be_imported(cloud: LocalCloud, type_: str) -> None:
    assert may_be_imported(cloud, type_) == "AVAILABLE"


@pytest.mark.parametrize("type_", KINDS)
def test_plain_ministack_still_cannot_import_it(plain_ministack: LocalCloud, type_: str) -> None:
    assert may_be_imported(plain_ministack, type_) == "UNAVAILABLE"
