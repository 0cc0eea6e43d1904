"""The permissions of each role in template.yaml match docs/security.md to the word, and allow no more."""

import json
import re
from typing import Any

import pytest

from tests.support.template import ROOT, Permission, listed, load, of_type, permissions, statements, words

TEMPLATE = load()

RESOURCE_POLICIES = ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy")

WILDCARDS = {
    "ExportsBucket/exports/*": "every export, and no other file",
    "schedule/ScheduleGroup/due_*": "a schedule of the stack's own group; its name is made of what it is about",
    "identity/*": "whether the address or its domain is verified is not known; the condition names the address",
    "configuration-set/*": "an identity may bring one of its own; the condition names the address",
    "*": "X-Ray's actions know no resources",
}


def table() -> set[Permission]:
    """The table "Who may do what" of docs/security.md."""
    text = (ROOT / "docs/security.md").read_text()
    [section] = re.findall(r"^\| role \| may .*?\n\n", text, re.DOTALL | re.MULTILINE)
    rows = [
        [re.findall(r"`([^`]+)`", cell) for cell in line.split("|")[1:5]] for line in section.splitlines()[2:] if line
    ]
    return {
        Permission(role, action, resource, conditions[0] if conditions else "")
        for [role], actions, resources, conditions in rows
        for action in actions
        for resource in resources
    }


def test_the_roles_may_do_what_the_documentation_says_and_no_more() -> None:
    assert set(permissions(TEMPLATE)) == table()


def test_no_action_is_a_wildcard_and_every_resource_that_is_one_has_its_reason() -> None:
    granted = set(permissions(TEMPLATE))
    assert [permission for permission in granted if "*" in permission.action] == []
    assert {permission.resource for permission in granted if "*" in permission.resource} == set(WILDCARDS)
    assert {permission.action.split(":")[0] for permission in granted if permission.resource == "*"} == {"xray"}


def test_roles_allow_by_name_and_hold_no_managed_policies() -> None:
    for name, role in of_type(TEMPLATE, "AWS::IAM::Role").items():
        assert set(role) == {"AssumeRolePolicyDocument", "PermissionsBoundary", "Policies"}, name
        for policy in role["Policies"]:
            for _, statement in statements(policy["PolicyDocument"]):
                assert set(statement) <= {"Effect", "Action", "Resource", "Condition"}, name
                assert statement["Effect"] == "Allow"


def test_each_function_has_a_role_of_its_own() -> None:
    roles = {name: words(function["Role"]) for name, function in of_type(TEMPLATE, "AWS::Serverless::Function").items()}
    assert roles == {name: name.replace("Function", "Role") for name in roles}


def test_only_its_service_assumes_a_role_and_the_scheduler_only_for_the_stacks_group() -> None:
    for name, role in of_type(TEMPLATE, "AWS::IAM::Role").items():
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        service = "scheduler" if name == "SchedulerRole" else "lambda"
        assert (trust["Action"], trust["Principal"]) == ("sts:AssumeRole", {"Service": f"{service}.amazonaws.com"})
        asked = trust.get("Condition", {}).get("StringEquals", {})
        sources = {"aws:SourceAccount": "AWS::AccountId", "aws:SourceArn": "schedule-group/AWS::StackName"}
        assert {key: words(value) for key, value in asked.items()} == (sources if service == "scheduler" else {})


@pytest.mark.parametrize("kind", ["AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::SNS::Topic"])
def test_what_does_not_come_over_tls_is_refused(kind: str) -> None:
    kept = of_type(TEMPLATE, kind)
    refusing = [
        words(listed(statement["Resource"])[0])
        for policy in of_type(TEMPLATE, *RESOURCE_POLICIES).values()
        for _, statement in statements(policy["PolicyDocument"])
        if (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    ]
    assert kept
    assert set(kept) <= set(refusing)


def test_only_this_accounts_alarms_are_let_in() -> None:
    allowing = [
        statement
        for policy in of_type(TEMPLATE, *RESOURCE_POLICIES).values()
        for _, statement in statements(policy["PolicyDocument"])
        if statement["Effect"] == "Allow"
    ]
    assert [statement["Principal"] for statement in allowing] == [{"Service": "cloudwatch.amazonaws.com"}]
    assert allowing[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_documented_key_policy_lets_a_service_in_for_this_account_alone() -> None:
    """A service calls for any account that asks it to; the condition names the account, or a resource in it."""
    (policy,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs/security.md").read_text(), re.DOTALL)
    services = [one for one in json.loads(policy)["Statement"] if "Service" in one["Principal"]]
    told = {one["Sid"]: json.dumps(one.get("Condition", {})) for one in services}
    assert [sid for sid, condition in told.items() if "ACCOUNT" not in condition] == []
    assert sorted(told) == ["Alarms", "Logs"]
    assert '"aws:SourceAccount": "ACCOUNT"' in told["Alarms"]


@pytest.mark.parametrize("sender", ["billing@example.com", "Saltmarsh Software <billing@example.com>"])
def test_the_one_sender_is_the_address_with_a_name_before_it_or_without(sender: str) -> None:
    [condition] = [
        statement["Condition"]["StringEqualsIgnoreCase"]["ses:FromAddress"]
        for policy in of_type(TEMPLATE, "AWS::IAM::Role")["EffectsRole"]["Policies"]
        for _, statement in statements(policy["PolicyDocument"])
        if statement["Action"] == "ses:SendEmail"
    ]

    def resolve(value: Any) -> Any:  # noqa: ANN401 -- a template's
        match value:
            case {"Fn::Select": [index, items]}:
                return resolve(items)[int(index)]
            case {"Fn::Split": [separator, text]}:
                return resolve(text).split(separator)
            case {"Fn::Sub": text}:
                return text.replace("${MailSender}", sender)
        raise ValueError(value)

    assert resolve(condition) == "billing@example.com"


def test_a_function_that_is_traced_brings_the_permission_in_its_own_role() -> None:
    """A policy beside the roles would name the functions' stack, and be made after the functions that need it."""
    traced = {
        permission.role
        for permission in permissions(TEMPLATE)
        if (permission.action, permission.conditions) == ("xray:PutTraceSegments", "Traced")
    }
    assert TEMPLATE["Conditions"]["Traced"] == {"Fn::Equals": [{"Ref": "Tracing"}, "Active"]}
    assert TEMPLATE["Globals"]["Function"]["Tracing"] == {"Ref": "Tracing"}
    assert traced == {words(function["Role"]) for function in of_type(TEMPLATE, "AWS::Serverless::Function").values()}


def test_a_key_that_is_replaced_or_given_up_still_decrypts_what_it_encrypted() -> None:
    """Of a role that reads under `KmsKeyArn`, `OldKmsKeyArns` may do the same for the same services, and only that."""
    granted = set(permissions(TEMPLATE))
    reads = {
        (one.role, one.conditions.removeprefix("OwnKey"))
        for one in granted
        if (one.action, one.resource) == ("kms:Decrypt", "KmsKeyArn")
    }
    old = [one for one in granted if one.resource == "OldKmsKeyArns"]
    assert {role for role, _ in reads} == {*of_type(TEMPLATE, "AWS::IAM::Role")}
    assert {(one.role, one.conditions.removeprefix("OldKeys")) for one in old} == reads
    assert {one.action for one in old} == {"kms:Decrypt"}
    assert {one.conditions.partition(";")[0] for one in old} == {"OldKeys"}  # whether or not there is a key now


def test_old_keys_are_a_list_that_may_be_empty() -> None:
    assert TEMPLATE["Parameters"]["OldKmsKeyArns"]["Type"] == "CommaDelimitedList"
    joined = {"Fn::Join": ["", {"Ref": "OldKmsKeyArns"}]}
    assert TEMPLATE["Conditions"]["OldKeys"] == {"Fn::Not": [{"Fn::Equals": [joined, ""]}]}
