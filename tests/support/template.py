"""template.yaml as the tests read it: its resources, and what their policies say, in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml

ROOT = Path(__file__).parents[2]
OPERATORS = {
    "StringEquals": "=",
    "StringEqualsIgnoreCase": "=",
    "ForAllValues:StringEquals": "=",
    "ForAllValues:StringLike": "=",
}
"""The operators of conditions that are known to narrow what is allowed; another one has to be thought about first."""

type Json = Any


@dataclass(frozen=True, order=True)
class Permission:
    """One action that a role may do on one resource, by their names in the template, and on what conditions."""

    role: str
    action: str
    resource: str
    conditions: str


def load(path: str = "template.yaml") -> Json:
    """A template as CloudFormation reads it, with the long names of its functions."""
    return cfn_yaml.load(str(ROOT / path))


def of_type(template: Json, *types: str) -> dict[str, Json]:
    """The properties of the resources of these types, by name."""
    resources = template["Resources"].items()
    return {name: resource["Properties"] for name, resource in resources if resource["Type"] in types}


def permissions(template: Json) -> Iterator[Permission]:
    """All that the roles of a template may do."""
    policies = [
        (name, policy["PolicyDocument"])
        for name, role in of_type(template, "AWS::IAM::Role").items()
        for policy in role.get("Policies", [])
    ]
    for role, document in policies:
        for parameter, statement in statements(document):
            conditions = "; ".join(filter(None, [parameter, *_conditions(statement)]))
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield Permission(role, words(action), words(resource), conditions)


def statements(document: Json) -> Iterator[tuple[str, Json]]:
    """The statements of a policy, each with the condition of the template under which it is there, or none."""
    for statement in listed(document["Statement"]):
        if "Fn::If" in statement:
            condition, then, otherwise = statement["Fn::If"]
            assert otherwise == {"Ref": "AWS::NoValue"}
            yield condition, then
        else:
            yield "", statement


def listed(value: Json) -> list[Json]:
    """What may be written as one or as a list of several, as a list."""
    return value if isinstance(value, list) else [value]


def words(value: Json) -> str:
    """A value as a reader would name it: `EventsQueue` for its ARN, `identity/*` for the ARN that ends so."""
    match value:
        case str():
            return value
        case {"Ref": name}:
            return str(name)
        case {"Fn::GetAtt": [name, *_]}:
            return str(name)
        case {"Fn::Sub": str(text)}:
            return _subbed(text)
        case {"Fn::Select": [_, items]} | {"Fn::Split": [_, items]}:
            return words(items).partition("<")[0]
    raise ValueError(value)


def _subbed(text: str) -> str:
    text = re.sub(r"arn:\$\{AWS::Partition\}:\w+:\$\{AWS::Region\}:\$\{AWS::AccountId\}:", "", text)
    text = text.replace(".${AWS::Region}.amazonaws.com", "")
    return re.sub(r"\$\{([\w:]+)(\.\w+)?\}", r"\1", text)


def _conditions(statement: Json) -> Iterator[str]:
    for operator, keys in statement.get("Condition", {}).items():
        for key, value in keys.items():
            yield f"{key} {OPERATORS[operator]} {' or '.join(map(words, listed(value)))}"
