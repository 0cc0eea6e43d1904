"""The plan to take back a deleted stack's resources is complete and small, and CloudFormation finds each resource."""

import json
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from cli.operate.import_plan import IDENTIFIERS, is_retained, plan
from tests.support.template import load

TEMPLATE = load()
RETAINED = {name: one for name, one in TEMPLATE["Resources"].items() if is_retained(one)}
LEFT = {name: f"id-of-{name}" for name in TEMPLATE["Resources"]}


def references(value: Any) -> set[str]:  # noqa: ANN401 - a template's
    """Every resource or parameter that `Ref`, `Fn::GetAtt` or `Fn::Sub` names, in `value` as JSON."""
    text = json.dumps(value)
    words = set(text.replace("${", '"').replace("}", '"').replace(".", '"').split('"'))
    return words & ({*TEMPLATE["Resources"]} | {*TEMPLATE["Parameters"]})


def test_all_that_a_stack_leaves_is_taken_back_and_nothing_else() -> None:
    planned = plan(TEMPLATE, LEFT)
    assert planned.template["Resources"] == RETAINED
    assert [one["LogicalResourceId"] for one in planned.resources] == list(RETAINED)


@pytest.mark.parametrize("type_", sorted({one["Type"] for one in RETAINED.values()}))
def test_a_resource_is_named_by_what_cloudformation_finds_it_by(type_: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
    assert schema["primaryIdentifier"] == [f"/properties/{IDENTIFIERS[type_]}"]


def test_each_is_named_by_its_physical_id() -> None:
    [books] = [one for one in plan(TEMPLATE, LEFT).resources if one["LogicalResourceId"] == "BooksTable"]
    assert books == {
        "ResourceType": "AWS::DynamoDB::Table",
        "LogicalResourceId": "BooksTable",
        "ResourceIdentifier": {"TableName": "id-of-BooksTable"},
    }


def test_what_the_template_refers_to_is_in_it() -> None:
    made = plan(TEMPLATE, LEFT).template
    there = made["Resources"].keys() | made["Parameters"].keys()
    assert references([made["Resources"], made["Conditions"]]) <= there
    assert made["Conditions"] == {name: TEMPLATE["Conditions"][name] for name in made["Conditions"]}


def test_it_asks_for_the_parameters_that_it_uses_and_no_other() -> None:
    used = ["DeletionProtection", "KmsKeyArn", "OldKmsKeyArns", "PermissionsBoundaryArn"]
    assert plan(TEMPLATE, LEFT).parameters == used


def test_it_needs_no_macro_and_no_bucket_to_be_sent() -> None:
    made = plan(TEMPLATE, LEFT).template
    assert "Transform" not in made
    assert (
        len(json.dumps(made)) < 51_200
    )  # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html


def test_what_is_no_longer_there_is_left_to_the_next_deployment() -> None:
    made = plan(TEMPLATE, {"InboxTable": "billhook-inbox", "Gone": "of an older version"})
    assert list(made.template["Resources"]) == ["InboxTable"]
    assert [one["LogicalResourceId"] for one in made.resources] == ["InboxTable"]


def test_a_template_without_conditions_or_parameters_asks_for_none() -> None:
    table = {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": {"TableName": "books"}}
    assert plan({"Resources": {"Books": table}}, {"Books": "books"}).template.keys() == {
        "AWSTemplateFormatVersion",
        "Resources",
    }


def test_a_condition_brings_the_conditions_that_it_names() -> None:
    template = {
        "Conditions": {
            "Both": {"Fn::And": [{"Condition": "A"}, {"Condition": "B"}]},
            "A": {"Fn::Equals": [{"Ref": "P"}, "1"]},
            "B": {"Fn::Equals": ["1", "1"]},
            "Unused": {"Fn::Equals": [{"Ref": "Q"}, "1"]},
        },
        "Parameters": {"P": {"Type": "String"}, "Q": {"Type": "String"}},
        "Resources": {
            "Books": {
                "Type": "AWS::DynamoDB::Table",
                "DeletionPolicy": "Retain",
                "Properties": {"TableName": {"Fn::If": ["Both", "one", "two"]}},
            }
        },
    }
    made = plan(template, {"Books": "one"})
    assert set(made.template["Conditions"]) == {"A", "B", "Both"}
    assert made.parameters == ["P"]
