"""The import of resources that a deleted stack has left: the template and the list that CloudFormation needs.

An import may change nothing else, so the template holds only the retained resources, with the parameters and conditions
that they use: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

type Json = Any

IDENTIFIERS = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::IAM::Role": "RoleName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueUrl",
    "AWS::Scheduler::ScheduleGroup": "Name",
    "AWS::SecretsManager::Secret": "Id",
}
"""The property by which CloudFormation finds an existing resource of a type; its value is the physical id."""


@dataclass(frozen=True)
class ImportPlan:
    """The two arguments of the change set: its template, and `ResourcesToImport`."""

    template: Mapping[str, Json]
    resources: list[Mapping[str, Json]]

    @property
    def parameters(self) -> list[str]:
        """The names of the template's parameters."""
        return list(self.template.get("Parameters", {}))


def plan(template: Mapping[str, Json], left: Mapping[str, str]) -> ImportPlan:
    """The import of the resources of `template` that still exist.

    Args:
        template: A template as `sam build` writes it, with the long names of functions.
        left: The physical ids of the resources that a deleted stack has left, by logical id.

    Raises:
        KeyError: A retained resource has a type that IDENTIFIERS lacks.
    """
    kept = {name: one for name, one in template["Resources"].items() if name in left and is_retained(one)}
    conditions = _used(template.get("Conditions", {}), list(kept.values()))
    parameters = _used(template.get("Parameters", {}), [*kept.values(), *conditions.values()])
    made: dict[str, Json] = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": kept}
    made |= {"Conditions": conditions} if conditions else {}
    made |= {"Parameters": parameters} if parameters else {}
    resources: list[Mapping[str, Json]] = [
        {
            "ResourceType": one["Type"],
            "LogicalResourceId": name,
            "ResourceIdentifier": {IDENTIFIERS[one["Type"]]: left[name]},
        }
        for name, one in kept.items()
    ]
    return ImportPlan(made, resources)


def is_retained(resource: Mapping[str, Json]) -> bool:
    """Whether a resource outlives its stack."""
    return str(resource.get("DeletionPolicy", "")).startswith("Retain")


def _used(declared: Mapping[str, Json], users: list[Json]) -> dict[str, Json]:
    """The declared parameters or conditions that `users` refer to, directly or through each other."""
    used: dict[str, Json] = {}
    todo = users
    while todo:
        names = {name for one in todo for name in _names(one)} & declared.keys() - used.keys()
        found = {name: declared[name] for name in declared if name in names}
        used |= found
        todo = list(found.values())
    return used


def _names(value: Json) -> Iterator[str]:
    """Every name that a value refers to, as a parameter, resource or condition."""
    match value:
        case {"Ref": str(name)} | {"Condition": str(name)}:
            yield name
        case {"Fn::If": [name, *_]}:
            yield name
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            yield from re.findall(r"\$\{([\w:]+)", text)
        case _:
            pass
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _names(inner)
