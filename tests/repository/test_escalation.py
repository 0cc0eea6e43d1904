"""Who deploys from GitHub makes no role that may do more than the stack, and touches no stack of another name."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.policies import allows
from tests.support.template import load, of_type, permissions, words

ACCOUNT, REGION = "111122223333", "eu-central-1"
STACK, OTHERS = "billhook", ("billhook-dev", "billhook2", "billhook-prod-eu")
IAM = f"arn:aws:iam::{ACCOUNT}"
BOUNDARY = f"{IAM}:policy/billhook-github-Boundary-1ABC"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
INGEST = f"{IAM}:role/{STACK}-IngestRole-1ABC"
VALUES = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": "billhook-github",
    "Stack": STACK,
    "SamBucket": "packages",
    "Boundary": BOUNDARY,
    "ExecutionRole": "billhook-github-ExecutionRole-1ABC",
}
GITHUB, TEMPLATE = load("infra/github.yaml"), load()


def resolved(value: Any) -> Any:  # noqa: ANN401 - a template's
    match value:
        case {"Ref": name}:
            return VALUES[name]
        case {"Fn::GetAtt": [name, "Arn"]}:
            return f"{IAM}:role/{VALUES[name]}"
        case {"Fn::Sub": str(text)}:
            for name, known in VALUES.items():
                text = text.replace(f"${{{name}}}", known)
            return text
        case dict():
            return {name: resolved(inner) for name, inner in value.items()}
        case list():
            return [resolved(inner) for inner in value]
    return value


OWN = [one["PolicyDocument"] for one in of_type(GITHUB, "AWS::IAM::Role")["ExecutionRole"]["Policies"]]
MANAGED = {name: resolved(one["PolicyDocument"]) for name, one in of_type(GITHUB, "AWS::IAM::ManagedPolicy").items()}
EXECUTION = [*resolved(OWN), MANAGED["ExecutionAlarms"]]


def may(action: str, resource: str, **context: str) -> bool:
    return allows(EXECUTION, action, resource, {f"iam:{key}": value for key, value in context.items()})


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"])
def test_a_role_is_made_and_given_policies_within_the_boundary_alone(action: str) -> None:
    assert may(action, INGEST, PermissionsBoundary=BOUNDARY)
    assert not may(action, INGEST)  # a role that has none
    assert not may(action, INGEST, PermissionsBoundary=ADMINISTRATOR)
    assert not may(action, f"{IAM}:role/{STACK}-AnyRole-1ABC", PermissionsBoundary=BOUNDARY)


@pytest.mark.parametrize(
    "role", [INGEST, f"{IAM}:role/billhook-github-ExecutionRole-1ABC", f"{IAM}:role/administrator"]
)
@pytest.mark.parametrize("action", ["iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary"])
def test_no_boundary_is_taken_away_and_no_managed_policy_is_attached(action: str, role: str) -> None:
    assert not may(action, role, PermissionsBoundary=BOUNDARY)


@pytest.mark.parametrize(
    "action", ["CreatePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion", "DeletePolicy"]
)
def test_the_boundary_itself_is_not_written(action: str) -> None:
    assert not may(f"iam:{action}", BOUNDARY)


@pytest.mark.parametrize("statement", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
def test_nor_could_it_be_by_a_later_grant_of_everything(statement: Mapping[str, str]) -> None:
    with_all = [*EXECUTION, {"Statement": [statement]}]
    assert not allows(with_all, "iam:CreatePolicyVersion", BOUNDARY)
    assert not allows(with_all, "iam:DeleteRolePermissionsBoundary", INGEST)


@pytest.mark.parametrize("role", ["DeployRole", "ExecutionRole"])
def test_it_changes_neither_itself_nor_the_role_of_the_workflow(role: str) -> None:
    for action in ("PutRolePolicy", "UpdateAssumeRolePolicy", "DeleteRolePolicy", "PutRolePermissionsBoundary"):
        assert not may(f"iam:{action}", f"{IAM}:role/billhook-github-{role}-1ABC", PermissionsBoundary=BOUNDARY)


def test_it_passes_the_stacks_roles_to_their_services_and_no_other_role() -> None:
    assert may("iam:PassRole", INGEST, PassedToService="lambda.amazonaws.com")
    assert not may("iam:PassRole", INGEST, PassedToService="ec2.amazonaws.com")
    assert not may("iam:PassRole", f"{IAM}:role/administrator", PassedToService="lambda.amazonaws.com")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreateUser", f"{IAM}:user/mallory"),
        ("iam:PutRolePolicy", INGEST),
        ("iam:PassRole", f"{IAM}:role/administrator"),
        ("sts:AssumeRole", f"{IAM}:role/administrator"),
        ("s3:GetObject", "arn:aws:s3:::another/exports/x.json"),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:billhook-dev/token-key"),
        ("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:any"),
        ("kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"),
        ("dynamodb:GetItem", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/billhook-dev-books"),
    ],
)
def test_a_role_that_may_do_everything_may_not_do_this_within_the_boundary(action: str, resource: str) -> None:
    assert not allows([MANAGED["Boundary"]], action, resource)


def test_the_boundary_holds_the_actions_of_the_stacks_roles_and_no_others() -> None:
    held = {one for statement in MANAGED["Boundary"]["Statement"] for one in _listed(statement["Action"])}
    assert held == {permission.action for permission in permissions(TEMPLATE)}


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def named(stack: str) -> Iterator[tuple[str, str]]:
    """An action on each resource of a stack of this name, and the resource."""
    arn = "arn:aws:{}:" + f"{REGION}:{ACCOUNT}:"
    for name, resource in TEMPLATE["Resources"].items():
        given = {key: words(value) for key, value in resource["Properties"].items() if key.endswith("Name")}
        physical = next(iter(given.values()), "").replace("AWS::StackName", stack)
        match resource["Type"]:
            case "AWS::SQS::Queue":
                yield "sqs:SetQueueAttributes", arn.format("sqs") + physical
            case "AWS::DynamoDB::Table":
                yield "dynamodb:DeleteTable", arn.format("dynamodb") + f"table/{physical}"
            case "AWS::CloudWatch::Alarm":
                yield "cloudwatch:PutMetricAlarm", arn.format("cloudwatch") + f"alarm:{physical}"
            case "AWS::SNS::Topic":
                yield "sns:SetTopicAttributes", arn.format("sns") + physical
            case "AWS::S3::Bucket":
                yield "s3:PutBucketPolicy", f"arn:aws:s3:::{stack}-{name.lower()}-1abc"
            case "AWS::Serverless::Function":
                yield "lambda:UpdateFunctionCode", arn.format("lambda") + f"function:{stack}-{name}-1ABC"
            case "AWS::IAM::Role":
                yield "iam:UpdateAssumeRolePolicy", f"{IAM}:role/{stack}-{name}-1ABC"
            case "AWS::Logs::LogGroup":
                yield "logs:DeleteLogGroup", arn.format("logs") + f"log-group:{physical}"
    yield "events:PutRule", arn.format("events") + f"rule/{stack}-ReconcileFunctionHourly-1ABC"
    yield "scheduler:DeleteScheduleGroup", arn.format("scheduler") + f"schedule-group/{stack}"
    yield "events:DeleteEventBus", arn.format("events") + f"event-bus/{stack}"
    yield "secretsmanager:UpdateSecret", arn.format("secretsmanager") + f"secret:{stack}/token-key-1ABC"
    yield "cloudwatch:DeleteDashboards", f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{stack}"


def test_every_resource_of_its_own_stack_may_be_changed() -> None:
    assert [(action, resource) for action, resource in named(STACK) if not may(action, resource)] == []


@pytest.mark.parametrize("stack", OTHERS)
def test_and_none_of_a_stack_whose_name_begins_the_same(stack: str) -> None:
    assert [(action, resource) for action, resource in named(stack) if may(action, resource)] == []


def test_aws_takes_its_policies_for_a_stack_with_a_name_of_32_characters() -> None:
    longer = 32 - len(STACK)
    for documents, most in (
        (resolved(OWN), 10_240),
        ([MANAGED["ExecutionAlarms"]], 6144),
        ([MANAGED["Boundary"]], 6144),
    ):
        written = "".join(json.dumps(one, separators=(",", ":")) for one in documents)
        assert len(written) + written.count(f"{STACK}-") * longer + written.count(f"/{STACK}") * longer <= most
