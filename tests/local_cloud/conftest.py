"""One patched and one plain emulator for the whole run, and small stacks to put on them."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from infra.local_cloud.cloud import LocalCloud

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import MessageTypeDef


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.cloud)


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud.start() as started:
        yield started


@pytest.fixture(scope="session")
def plain_ministack() -> Iterator[LocalCloud]:
    with LocalCloud.start(patched=False) as started:
        yield started


def unique(name: str) -> str:
    return f"{name}-{uuid4().hex[:8]}"


def eventually[T](look: Callable[[], T], seconds: float = 10) -> T:
    """What `look` answers, as soon as that is truthy."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"still {seen!r} after {seconds} s"
        time.sleep(0.02)
    return seen


def stack(
    cloud: LocalCloud, resources: Mapping[str, Any], outputs: Mapping[str, Any], name: str = ""
) -> dict[str, str]:
    """Make a stack, or update the one of that name, and answer its outputs."""
    cloudformation: CloudFormationClient = cloud.client("cloudformation")
    template = json.dumps({"Resources": resources, "Outputs": {key: {"Value": out} for key, out in outputs.items()}})
    if name:
        cloudformation.update_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_IAM"])
    else:
        name = unique("stack")
        cloudformation.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_IAM"])

    def status() -> str:
        state: str = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        return "" if state.endswith("IN_PROGRESS") else state

    assert eventually(status) in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    return cloud.outputs(name) | {"stack": name}


def function(code: str, **environment: str) -> dict[str, Any]:
    """A Lambda function whose module is `code`, with a `handler`."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": "arn:aws:iam::000000000000:role/any",
            "Code": {"ZipFile": code},
            "Environment": {"Variables": environment},
        },
    }


@dataclass(frozen=True)
class Queue:
    """A FIFO queue of an emulator, with a dead-letter queue behind it if it was asked for."""

    sqs: "SQSClient"
    url: str

    @property
    def arn(self) -> str:
        return self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def send(self, *bodies: str, group: str = "group") -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, MessageGroupId=group)

    def receive(self, seconds_invisible: int = 30, wait: int = 0) -> "list[MessageTypeDef]":
        return self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=seconds_invisible,
            WaitTimeSeconds=wait,
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])

    def bodies(self) -> list[str]:
        """The bodies of all visible messages, which stay visible."""
        return [message["Body"] for message in self.receive(seconds_invisible=0)]


def fifo_queue(cloud: LocalCloud, dead_letters: Queue | None = None, receives: int = 1) -> Queue:
    """A new queue; with a dead-letter queue, messages go there after so many receives."""
    sqs: SQSClient = cloud.client("sqs")
    attributes: dict[QueueAttributeNameType, str] = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    if dead_letters:
        policy = {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": receives}
        attributes["RedrivePolicy"] = json.dumps(policy)
    return Queue(sqs, sqs.create_queue(QueueName=f"{unique('queue')}.fifo", Attributes=attributes)["QueueUrl"])
