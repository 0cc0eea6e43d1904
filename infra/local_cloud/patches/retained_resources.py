"""ministack 1.5.33 overwrites tables, deletes protected ones, and imports too little: this patch corrects that.

CloudFormation refuses both, so a failed first deployment is hard to repeat. It also imports secrets and schedule
groups, which a deleted stack needs to come back:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import-supported-resources.html
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

from typing import Any

from ministack.services import dynamodb, scheduler, secretsmanager
from ministack.services.cloudformation import provisioners

type Properties = dict[str, Any]
type Made = tuple[str, dict[str, str]]

_create_table = provisioners._ddb_create
_delete_table = provisioners._ddb_delete


def _create(logical_id: str, properties: Properties, stack_name: str) -> Made:
    if (name := properties.get("TableName")) in dynamodb._tables:
        raise ValueError(f"Resource of type 'AWS::DynamoDB::Table' with identifier '{name}' already exists.")
    made: Made = _create_table(logical_id, properties, stack_name)
    return made


def _delete(physical_id: str, properties: Properties) -> None:
    if dynamodb._tables.get(physical_id, {}).get("DeletionProtectionEnabled"):
        raise ValueError(f"Resource cannot be deleted as it is currently protected against deletion: {physical_id}")
    _delete_table(physical_id, properties)


def _import_secret(identifier: Properties) -> Made:
    [secret] = [one for one in secretsmanager._secrets.values() if identifier["Id"] in (one["Name"], one["ARN"])]
    return secret["Name"], {"Id": secret["ARN"], "Arn": secret["ARN"]}


def _import_group(identifier: Properties) -> Made:
    group = scheduler._schedule_groups[identifier["Name"]]
    return identifier["Name"], {"Arn": group["Arn"]}


def apply() -> None:
    """Refuse and import the same as CloudFormation."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::DynamoDB::Table"] |= {"create": _create, "delete": _delete}
    handlers["AWS::SecretsManager::Secret"]["import"] = _import_secret
    handlers["AWS::Scheduler::ScheduleGroup"]["import"] = _import_group
