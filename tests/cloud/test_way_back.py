"""A failed first deployment can be repeated, and a new stack can take back a deleted stack's resources."""

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # comes with cfn-lint, without types

from cli.local.stack import NAME, deploy
from cli.operate.import_plan import is_retained, plan
from cli.operate.import_stack import CHANGE_SET, commands, left_by
from cli.samples import samples
from infra.local_cloud.cloud import LocalCloud
from infra.local_cloud.deployment import FailedError
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.local_cloud.conftest import eventually

pytestmark = pytest.mark.cloud

TEMPLATE: dict[str, Any] = yaml.safe_load(BUILT.read_text()) if BUILT.is_file() else {}
PARAMETERS = {"Architecture": ARCHITECTURE, "BusinessName": "Saltmarsh Software", "MailSender": "billing@example.com"}
TABLE = {
    "TableName": "taken",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud.start() as started:
        yield started


def status(cloud: LocalCloud, stack: str = NAME) -> str:
    found: str = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    return "" if found.endswith("IN_PROGRESS") else found


def delete(cloud: LocalCloud) -> None:
    cloudformation = cloud.client("cloudformation")
    [described] = cloudformation.describe_stacks(StackName=NAME)["Stacks"]
    cloudformation.delete_stack(StackName=NAME)
    assert eventually(lambda: status(cloud, described["StackId"])) == "DELETE_COMPLETE"


def names(cloud: LocalCloud) -> list[str]:
    """All that is named after the stack and outlives it."""
    tables = cloud.client("dynamodb").list_tables()["TableNames"]
    queues = cloud.client("sqs").list_queues().get("QueueUrls", [])
    secrets = [one["Name"] for one in cloud.client("secretsmanager").list_secrets()["SecretList"]]
    groups = [one["Name"] for one in cloud.client("scheduler").list_schedule_groups()["ScheduleGroups"]]
    buckets = [one["Name"] for one in cloud.client("s3").list_buckets()["Buckets"]]
    roles = [one["RoleName"] for one in cloud.client("iam").list_roles()["Roles"]]
    return sorted(name for name in [*tables, *queues, *secrets, *groups, *buckets, *roles] if NAME in name)


def test_a_first_deployment_that_fails_leaves_nothing_and_the_next_one_succeeds(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    shutil.copytree(BUILT.parent, tmp_path / "built")
    broken = tmp_path / "built/broken.yaml"
    late = {"Type": "AWS::DynamoDB::Table", "Properties": TABLE}
    late["DependsOn"] = [name for name, one in TEMPLATE["Resources"].items() if is_retained(one)]
    broken.write_text(yaml.safe_dump(TEMPLATE | {"Resources": TEMPLATE["Resources"] | {"Late": late}}))
    cloud.client("dynamodb").create_table(**TABLE)

    with pytest.raises(FailedError):
        cloud.deploy(broken, NAME, PARAMETERS)
    assert status(cloud) == "ROLLBACK_COMPLETE"
    assert names(cloud) == []

    delete(cloud)
    cloud.deploy(BUILT, NAME, PARAMETERS)
    assert status(cloud) == "CREATE_COMPLETE"


def test_a_deleted_stack_comes_back_with_all_that_it_knew(cloud: LocalCloud, tmp_path: Path) -> None:
    before = deploy(cloud, BUILT, ARCHITECTURE, SECRET)
    event = samples.fresh("invoice.paid", before.now())
    before.send(event)
    before.settled(event["id"])
    there, books = before.inbox(event["id"]), before.books()
    delete(cloud)
    kept = set(names(cloud))
    assert len(kept) == len([one for one in TEMPLATE["Resources"].values() if is_retained(one)])
    cloudformation = cloud.client("cloudformation")
    planned = plan(TEMPLATE, left_by(cloudformation, NAME))
    [create, *_] = commands(planned, NAME, tmp_path)
    said = dict(zip(words := shlex.split(create), words[1:], strict=False))
    cloudformation.create_change_set(
        StackName=said["--stack-name"],
        ChangeSetName=said["--change-set-name"],
        ChangeSetType=said["--change-set-type"],
        Capabilities=[said["--capabilities"]],
        TemplateBody=Path(said["--template-body"].removeprefix("file://")).read_text(),
        ResourcesToImport=planned.resources,
    )
    cloudformation.execute_change_set(StackName=NAME, ChangeSetName=CHANGE_SET)
    assert eventually(lambda: status(cloud)) == "IMPORT_COMPLETE"
    after = deploy(cloud, BUILT, ARCHITECTURE, SECRET)

    assert kept <= set(names(cloud))
    assert (after.inbox(event["id"]), after.books()) == (there, books)
    again = samples.fresh("invoice.paid", after.now())
    after.send(again)
    assert after.settled(again["id"])["state"] == "done"
