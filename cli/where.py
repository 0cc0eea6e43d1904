"""Where a command works: on a stack in AWS, with the credentials of your shell, or on the running local cloud."""

from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Group, Parameter

LOCAL = "billhook"
"""The stack's name on the local cloud."""

WHERE = Group("Where", sort_key=90)


@Parameter(name="*", group=WHERE)
@dataclass(frozen=True)
class Where:
    """The stack that a command works on.

    Args:
        stack: the stack's name; without it, the local cloud of `billhook run`.
        region: the stack's AWS region; by default that of your AWS settings.
    """

    stack: Annotated[str | None, Parameter(env_var="BILLHOOK_STACK")] = None
    region: Annotated[str | None, Parameter(env_var=("AWS_REGION", "AWS_DEFAULT_REGION"), show_env_var=False)] = None

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.stack or LOCAL

    def client(self, service: str) -> Any:  # noqa: ANN401 - as in boto3.client
        """A boto3 client.

        Raises:
            RefusedError: no stack is named, and no local cloud runs.
            botocore.exceptions.BotoCoreError: no region is set.
        """
        if self.stack is None:
            from cli.local.running import client  # noqa: PLC0415 - the list of commands needs no boto3

            return client(service)
        import boto3  # noqa: PLC0415 - as above

        return boto3.client(service, region_name=self.region)  # type: ignore[call-overload] # its overloads want literals

    def queue(self, name: str) -> str:
        """The URL of the stack's queue `name`; raises botocore's errors if there is none."""
        url: str = self.client("sqs").get_queue_url(QueueName=f"{self.name}-{name}")["QueueUrl"]
        return url

    def described(self) -> tuple[dict[str, str], dict[str, str]]:
        """The stack's outputs and its parameters, by name; raises botocore's errors if there is no such stack."""
        (found,) = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
        return outputs, {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}


HERE = Where()
"""The default of a command's `where`."""
