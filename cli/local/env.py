"""`billhook env`: print the functions' settings on the running local cloud, for `sam local invoke --env-vars`."""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cli.local.running import client, running
from cli.local.stack import NAME

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

FROM_DOCKER = "host.docker.internal"
"""The name of this machine inside a container: `sam local` runs functions in Docker."""


def env() -> None:
    """Print the functions' settings for sam local invoke --env-vars.

    They are those of the running local cloud, with its address as containers reach it.
    """
    print(json.dumps(settings(), indent=2))


def settings() -> dict[str, dict[str, str]]:
    """Each function's settings on the running cloud, with the endpoint URL that works in a container.

    Raises:
        NothingRunsError: no cloud runs.
    """
    port = urlsplit(running()["endpoint_url"]).port
    return env_vars(client("cloudformation"), client("lambda"), f"http://{FROM_DOCKER}:{port}")


def env_vars(
    cloudformation: "CloudFormationClient",
    functions: Any,  # noqa: ANN401 - boto3's Lambda client
    endpoint_url: str,
) -> dict[str, dict[str, str]]:
    """Each function's deployed environment by its logical id, with AWS_ENDPOINT_URL set to `endpoint_url`."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=NAME)
    deployed = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::Lambda::Function"
    }
    as_deployed = {
        logical: functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        for logical, name in deployed.items()
    }
    return {logical: variables | {"AWS_ENDPOINT_URL": endpoint_url} for logical, variables in as_deployed.items()}
