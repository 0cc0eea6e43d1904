"""`billhook import`: after a mistaken `sam delete`, write what CloudFormation needs to import the retained resources.

The command asks CloudFormation which resources the deleted stack has left, writes a template and a list of them, and
prints the commands that import them. CloudFormation remembers a deleted stack for 90 days:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import yaml  # type: ignore[import-untyped] # comes with cfn-lint, without types
from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import RefusedError, in_words
from cli.local.prepare import build
from cli.operate.import_plan import ImportPlan, plan
from cli.where import Where

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

CHANGE_SET = "take-back"
INTO = Path(".local/import")


class NothingLeftError(RefusedError):
    """There is nothing to import; the text says why."""


def import_stack(*, stack: str, region: str | None = None, template: Path | None = None, into: Path = INTO) -> None:
    """After a mistaken deletion of the stack, take it back.

    The command asks CloudFormation what the deleted stack has left, writes a template and a list of it, and prints the
    commands that import it. CloudFormation remembers a deleted stack for 90 days.

    Args:
        stack: the name of the stack that was deleted.
        region: its AWS region; by default that of your AWS settings.
        template: the template that sam build wrote; by default this builds it.
        into: the folder for the files.
    """
    try:
        left = left_by(Where(stack, region).client("cloudformation"), stack)
        planned = plan(yaml.safe_load((template or build()).read_text()), left)
    except (RefusedError, ClientError, BotoCoreError) as error:
        raise RefusedError(f"nothing is written: {in_words(error)}") from None
    for one in planned.resources:
        print(f"  {one['LogicalResourceId']:28} {next(iter(one['ResourceIdentifier'].values()))}")
    print("\nRun these commands, with the parameters of the deleted stack:\n")
    print("\n".join(commands(planned, stack, into)))


def left_by(cloudformation: "CloudFormationClient", stack: str) -> dict[str, str]:
    """The physical ids, by logical id, of the resources that the newest deleted stack of that name has left.

    Deleted stacks that left nothing are skipped: they are deployments that failed because the names were taken.

    Raises:
        NothingLeftError: CloudFormation remembers no deleted stack of that name that left resources.
        botocore.exceptions.ClientError, BotoCoreError: CloudFormation refuses, or does not answer.
    """
    pages = cloudformation.get_paginator("list_stacks").paginate(StackStatusFilter=["DELETE_COMPLETE"])
    deleted = [one for page in pages for one in page["StackSummaries"] if one["StackName"] == stack]
    for one in sorted(deleted, key=lambda one: one["CreationTime"], reverse=True):
        events = cloudformation.get_paginator("describe_stack_events").paginate(StackName=one["StackId"])
        left = {
            event["LogicalResourceId"]: event["PhysicalResourceId"]
            for page in events
            for event in page["StackEvents"]
            if event.get("ResourceStatus") == "DELETE_SKIPPED"
        }
        if left:
            return left
    raise NothingLeftError(f"CloudFormation remembers no deleted stack {stack} in this region that left anything")


def commands(planned: ImportPlan, stack: str, into: Path) -> list[str]:
    """Write the two files into a folder; returns the commands that use them."""
    into.mkdir(parents=True, exist_ok=True)
    template, resources = into / "template.json", into / "resources.json"
    template.write_text(json.dumps(planned.template))
    resources.write_text(json.dumps(planned.resources, indent=2))
    parameters = " ".join(f"ParameterKey={name},ParameterValue=…" for name in planned.parameters)
    change_set = f"--stack-name {stack} --change-set-name {CHANGE_SET}"
    return [
        f"aws cloudformation create-change-set {change_set} --change-set-type IMPORT --capabilities CAPABILITY_IAM"
        f" --template-body file://{template} --resources-to-import file://{resources}"
        + (f" --parameters {parameters}" if parameters else ""),
        f"aws cloudformation wait change-set-create-complete {change_set}",
        f"aws cloudformation execute-change-set {change_set}",
        f"aws cloudformation wait stack-import-complete --stack-name {stack}",
        "./billhook deploy",
    ]
