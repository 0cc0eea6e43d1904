"""With a customer's own KMS key and a named operator, everything is encrypted and the queue is closed to others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from cli.local.stack import NAME, Stack, deploy
from cli.samples import samples
from infra.local_cloud.cloud import LocalCloud
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.local_cloud.conftest import eventually
from tests.support.iam import acting_as, allowed, make_role

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

pytestmark = pytest.mark.cloud

ANYTHING_WITH_QUEUES = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}


@dataclass(frozen=True)
class Closed:
    """A stack with a key and an operator; beside the operator, somebody who may use SQS just as much."""

    stack: Stack
    key: str
    operator: str
    somebody: str

    def sqs(self, role: str) -> "SQSClient":
        client: SQSClient = acting_as(self.stack.cloud, role)("sqs")
        return client

    def of_type(self, type_: str) -> list[str]:
        """The physical ids of the stack's resources of this type."""
        cloudformation = self.stack.cloud.client("cloudformation")
        made = cloudformation.describe_stack_resources(StackName=NAME)["StackResources"]
        found = [resource["PhysicalResourceId"] for resource in made if resource["ResourceType"] == type_]
        assert found, type_
        return found


@pytest.fixture(scope="module")
def closed() -> Iterator[Closed]:
    with LocalCloud.start(auth=True) as cloud:
        key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
        operator = make_role(cloud, "operator-7f3a", ANYTHING_WITH_QUEUES)
        somebody = make_role(cloud, "somebody", ANYTHING_WITH_QUEUES)
        pattern = operator.replace("7f3a", "*")  # names of single sign-on end in something random
        yield Closed(
            deploy(cloud, BUILT, ARCHITECTURE, SECRET, KmsKeyArn=key, OperatorRoleArn=pattern), key, operator, somebody
        )


def test_events_are_handled_as_ever(closed: Closed) -> None:
    event = samples.fresh("invoice.paid", closed.stack.now())

    assert closed.stack.send(event).status == 200
    assert closed.stack.settled(event["id"])["state"] == "done"


def test_queues_secrets_and_logs_are_encrypted_with_the_key(closed: Closed) -> None:
    """Tables, bucket and topic get none from the local CloudFormation: tests/infra/test_template.py has them."""
    client = closed.stack.cloud.client
    used: dict[str, Any] = {}
    for url in closed.of_type("AWS::SQS::Queue"):
        used[url] = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["KmsMasterKeyId"])["Attributes"]
    for secret in closed.of_type("AWS::SecretsManager::Secret"):
        used[secret] = client("secretsmanager").describe_secret(SecretId=secret).get("KmsKeyId")
    for group in closed.of_type("AWS::Logs::LogGroup"):
        [described] = client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        used[group] = described.get("kmsKeyId")

    assert [name for name, told in used.items() if closed.key not in str(told)] == []


def test_every_queue_takes_messages_from_the_operator_and_from_nobody_else(closed: Closed) -> None:
    body = samples.encode(samples.fresh("invoice.paid", 0)).decode()
    queues = list(closed.of_type("AWS::SQS::Queue"))

    def sends(role: str, queue: str) -> bool:
        more = {"MessageDeduplicationId": "any"} if queue.endswith(".fifo") else {}
        send = closed.sqs(role).send_message
        return allowed(send, QueueUrl=queue, MessageBody=body, MessageGroupId="any", **more)

    assert len(queues) == 7
    assert [queue for queue in queues if sends(closed.somebody, queue)] == []
    assert [queue for queue in queues if not sends(closed.operator, queue)] == []
    for queue in queues:
        closed.stack.cloud.client("sqs").purge_queue(QueueUrl=queue)


def test_the_operator_can_redrive_and_nobody_else(closed: Closed) -> None:
    stack = closed.stack
    poison = samples.fresh("invoice.payment_failed", stack.now())
    poison["data"]["object"]["amount_remaining"] = "a fortune"
    assert stack.send(poison).status == 200
    dead = stack.settled(poison["id"])
    eventually(stack.dead_letters, seconds=60)
    owner: SQSClient = stack.cloud.client("sqs")
    url = stack.outputs["DeadLetterQueueUrl"]
    arn = owner.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def redrives(role: str) -> bool:
        return allowed(closed.sqs(role).start_message_move_task, SourceArn=arn)

    assert not redrives(closed.somebody)
    assert stack.dead_letters() == 1
    assert redrives(closed.operator)
    again = eventually(
        lambda: (item := stack.inbox(poison["id"])) and item["message_id"] != dead["message_id"] and item
    )
    assert again


def test_a_replaced_key_still_decrypts_for_every_role(closed: Closed) -> None:
    """The last test of this file, since the stack has another key after it."""
    iam, kms = closed.stack.cloud.client("iam"), closed.stack.cloud.client("kms")
    new, older = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))

    deploy(closed.stack.cloud, BUILT, ARCHITECTURE, SECRET, KmsKeyArn=new, OldKmsKeyArns=f"{closed.key},{older}")

    for role in closed.of_type("AWS::IAM::Role"):
        [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
        said = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]["Statement"]
        [old] = [one for one in said if closed.key in one["Resource"]]
        assert (old["Action"], old["Resource"]) == ("kms:Decrypt", [closed.key, older])
        assert new in [one["Resource"] for one in said]
