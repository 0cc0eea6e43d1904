"""`make import`: after a mistaken `sam delete`, write what CloudFormation needs to import the retained resources.

The command asks CloudFormation which resources the deleted stack has left, writes a template and a list of them, and
prints the commands that import them. CloudFormation remembers a deleted stack for 90 days:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import yaml  # type: ignore[import-untyped] # comes with cfn-lint, without types
from botocore.exceptions import BotoCoreError, ClientError

from cli.operate.import_plan import ImportPlan, plan

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

CHANGE_SET = "take-back"


class NothingLeftError(Exception):
    """There is nothing to import; the text says why."""


def main() -> int:
    """Write the files and print the commands; the exit code is 0 if there is something to import."""
    parser = argparse.ArgumentParser(prog="make import", description=__doc__)
    parser.add_argument("--stack", required=True, help="the name of the stack that was deleted")
    parser.add_argument("--template", type=Path, required=True, help="the template that sam build wrote")
    parser.add_argument(
        "--into", type=Path, default=Path(".local/import"), help="where to write; %(default)s by default"
    )
    asked = parser.parse_args()
    try:
        left = left_by(boto3.client("cloudformation"), asked.stack)
        planned = plan(yaml.safe_load(asked.template.read_text()), left)
    except (NothingLeftError, ClientError, BotoCoreError) as error:
        sys.stderr.write(f"nothing is written: {error}\n")
        return 1
    for one in planned.resources:
        print(f"  {one['LogicalResourceId']:28} {next(iter(one['ResourceIdentifier'].values()))}")
    print(
        "\n".join(
            [
                "",
                "Run these commands, with the parameters of the deleted stack:",
                "",
                *commands(planned, asked.stack, asked.into),
            ]
        )
    )
    return 0


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
        "make deploy",
    ]


if __name__ == "__main__":
    sys.exit(main())
