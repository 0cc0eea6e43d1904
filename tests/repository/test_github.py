"""The roles that deploy from GitHub can make what the stack holds, and no workflow runs what could change under us."""

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # comes with moto and cfn-lint, without types

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
MAKES = {
    "AWS::CloudWatch::Alarm": ["cloudwatch:PutMetricAlarm"],
    "AWS::CloudWatch::Dashboard": ["cloudwatch:PutDashboard"],
    "AWS::DynamoDB::Table": ["dynamodb:CreateTable", "dynamodb:UpdateTimeToLive", "dynamodb:UpdateContinuousBackups"],
    "AWS::Events::EventBus": ["events:CreateEventBus"],
    "AWS::IAM::Role": ["iam:CreateRole", "iam:PutRolePolicy"],
    "AWS::Logs::LogGroup": ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
    "AWS::Logs::QueryDefinition": ["logs:PutQueryDefinition"],
    "AWS::S3::Bucket": ["s3:CreateBucket", "s3:PutLifecycleConfiguration", "s3:PutBucketPublicAccessBlock"],
    "AWS::S3::BucketPolicy": ["s3:PutBucketPolicy"],
    "AWS::SNS::Subscription": ["sns:Subscribe"],
    "AWS::SNS::Topic": ["sns:CreateTopic"],
    "AWS::SNS::TopicPolicy": ["sns:SetTopicAttributes"],
    "AWS::SQS::Queue": ["sqs:CreateQueue"],
    "AWS::SQS::QueuePolicy": ["sqs:SetQueueAttributes"],
    "AWS::Scheduler::ScheduleGroup": ["scheduler:CreateScheduleGroup"],
    "AWS::SecretsManager::Secret": ["secretsmanager:CreateSecret", "secretsmanager:GetRandomPassword"],
    # SAM's become functions with their permissions, mappings, rules and configuration; and an API with its parts.
    "AWS::Serverless::Function": [
        "lambda:CreateFunction",
        "lambda:AddPermission",
        "lambda:CreateEventSourceMapping",
        "lambda:PutFunctionEventInvokeConfig",
        "events:PutRule",
        "events:PutTargets",
        "iam:PassRole",
    ],
    "AWS::Serverless::HttpApi": ["apigateway:POST", "apigateway:PUT"],
}
"""What it takes to make each type of resource of the stack."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # untyped, as above
    """Reads CloudFormation's short forms as the text in them."""


_Loader.add_multi_constructor("!", lambda _loader, _tag, node: str(node.value))


def resources(path: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((ROOT / path).read_text(), _Loader)["Resources"]  # noqa: S506 - a SafeLoader
    return found


def statements(role: str) -> list[dict[str, Any]]:
    made = resources("infra/github.yaml")
    attached = [one["Properties"] for one in made.values() if role in one["Properties"].get("Roles", [])]
    return [
        statement
        for policy in [*made[role]["Properties"]["Policies"], *attached]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def allowed(role: str) -> list[str]:
    actions = [one["Action"] for one in statements(role) if one["Effect"] == "Allow"]
    return [action for some in actions for action in (some if isinstance(some, list) else [some])]


TYPES = sorted({one["Type"] for one in resources("template.yaml").values()})


@pytest.mark.parametrize("type_", TYPES)
def test_the_execution_role_may_make_every_type_of_resource_that_the_stack_has(type_: str) -> None:
    may = allowed("ExecutionRole")
    assert [action for action in MAKES[type_] if not any(fnmatch(action, one) for one in may)] == []


def test_the_workflow_itself_may_touch_no_resource() -> None:
    assert {action.partition(":")[0] for action in allowed("DeployRole")} == {"cloudformation", "s3", "iam"}
    assert [action for action in allowed("DeployRole") if action.startswith("iam:")] == ["iam:PassRole"]


@pytest.mark.parametrize("role", ["DeployRole", "ExecutionRole"])
def test_neither_role_reads_what_is_stored_or_may_do_everything_of_a_service(role: str) -> None:
    stored = (
        "sqs:ReceiveMessage",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "secretsmanager:GetSecretValue",
    )
    assert [action for action in stored if any(fnmatch(action, one) for one in allowed(role))] == []
    assert [action for action in allowed(role) if action.endswith(":*")] == []


def test_only_the_environment_of_the_repository_is_trusted() -> None:
    role = resources("infra/github.yaml")["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    (trust,) = role
    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:${Repository}:environment:${Environment}",
        }
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_an_action_is_pinned_by_commit_and_named_by_its_release(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text())
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_do_nothing_but_what_each_job_says_and_knows_no_secret(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {}
    assert all(set(job["permissions"]) <= {"contents", "id-token"} for job in workflow["jobs"].values())
    reading = {name: job["permissions"]["contents"] for name, job in workflow["jobs"].items() if name != "release"}
    assert set(reading.values()) == {"read"}
    assert "secrets." not in path.read_text()


def test_continuous_integration_runs_what_everybody_runs() -> None:
    steps = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())["jobs"]["test"]["steps"]
    assert ".ci/run" in [step.get("run") for step in steps]
    assert "exec make test" in (ROOT / ".ci/run").read_text()
