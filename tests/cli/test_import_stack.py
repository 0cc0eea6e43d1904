"""`billhook import` finds the leftovers of a deleted stack, and prints the commands that take them back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber

from cli.command import main
from cli.where import Where

TEMPLATE = """
Parameters: { KmsKeyArn: { Type: String, Default: "" } }
Resources:
  Books:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: RetainExceptOnCreate
    Properties: { TableName: books, SSESpecification: { KMSMasterKeyId: { Ref: KmsKeyArn } } }
  Logs: { Type: "AWS::Logs::LogGroup", DeletionPolicy: Delete }
"""


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client("cloudformation", "eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    monkeypatch.setattr(Where, "client", lambda _where, _service: client)
    with Stubber(client) as stubber:
        yield stubber
    client.close()


def deleted(stubber: Stubber, **days: int) -> None:
    """CloudFormation remembers these stacks, by name and the last part of their ids, and the day that each was made."""
    summaries = [
        {
            "StackId": f"arn:aws:cloudformation:eu-central-1:1:stack/{name.replace('_', '/')}",
            "StackName": name.partition("_")[0],
            "CreationTime": datetime(2026, 1, day, tzinfo=UTC),
            "StackStatus": "DELETE_COMPLETE",
        }
        for name, day in days.items()
    ]
    stubber.add_response("list_stacks", {"StackSummaries": summaries}, {"StackStatusFilter": ["DELETE_COMPLETE"]})


def told(stubber: Stubber, stack: str, **statuses: str) -> None:
    """The events of the stack: one for each resource, with its last status."""
    events = [
        {
            "StackId": stack,
            "EventId": name,
            "StackName": "billhook",
            "Timestamp": datetime(2026, 1, 1, tzinfo=UTC),
            "LogicalResourceId": name,
            "PhysicalResourceId": f"billhook-{name.lower()}",
            "ResourceStatus": status,
        }
        for name, status in statuses.items()
    ]
    stubber.add_response("describe_stack_events", {"StackEvents": events}, {"StackName": stack})


def run(folder: Path) -> int:
    built = folder / "template.yaml"
    built.write_text(TEMPLATE)
    return main(["import", "--stack", "billhook", "--template", str(built), "--into", str(folder / "import")])


def test_what_the_newest_stack_has_left_is_written_with_the_commands(
    cloudformation: Stubber, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deleted(cloudformation, billhook_old=3, other_newest=9, billhook_failed=6, billhook_last=5)
    told(cloudformation, "arn:aws:cloudformation:eu-central-1:1:stack/billhook/failed", Books="DELETE_COMPLETE")
    told(
        cloudformation,
        "arn:aws:cloudformation:eu-central-1:1:stack/billhook/last",
        Books="DELETE_SKIPPED",
        Logs="DELETE_COMPLETE",
    )

    assert run(tmp_path) == 0

    [books] = json.loads((tmp_path / "import/resources.json").read_text())
    assert books["ResourceIdentifier"] == {"TableName": "billhook-books"}
    assert list(json.loads((tmp_path / "import/template.json").read_text())["Resources"]) == ["Books"]
    said = capsys.readouterr().out
    assert "--change-set-type IMPORT" in said
    assert "--parameters ParameterKey=KmsKeyArn,ParameterValue=…" in said
    assert said.rstrip().endswith("./billhook deploy")


def test_without_a_deleted_stack_nothing_is_written(
    cloudformation: Stubber, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deleted(cloudformation, other_newest=9)

    assert run(tmp_path) == 1

    assert "remembers no deleted stack billhook" in capsys.readouterr().err
    assert not (tmp_path / "import").exists()


def test_a_stack_that_left_nothing_is_told(
    cloudformation: Stubber, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deleted(cloudformation, billhook_last=5)
    told(cloudformation, "arn:aws:cloudformation:eu-central-1:1:stack/billhook/last", Logs="DELETE_COMPLETE")

    assert run(tmp_path) == 1

    assert "remembers no deleted stack billhook" in capsys.readouterr().err
