"""What each role of the deployed stack may do and what it may not: every call is tried as every role.

The calls are real ones, and IAM is enforced on them. That the functions can do all they need is what the other tests
of this folder show, since they run under the same enforcement.
"""

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from cli.local.stack import NAME, Stack
from tests.cloud.calls import CALLS, Call, Names, message
from tests.support.iam import TRUSTED, acting_as, allowed, plain_http

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

pytestmark = pytest.mark.cloud

MAY: Mapping[str, set[str]] = {
    "IngestRole": {"read the signing secrets", "read the key of messages", "put into the queue", "log as ingest"},
    "ConsumerRole": {
        "take from the queue",
        "put into the queue of effects",
        "put into the queue of mails",
        "read the key of the links",
        "read the key of messages",
        "look up many events",
        "claim an event",
        "take a lane",
        "read a customer's books",
        "write a customer's books",
        "erase from a customer's books",
        "write a tombstone",
        "write an access item",
        "update a session item",
        "note a refresh",
        "delete an access item",
        "read the cursor",
        "move the cursor",
        "log as the consumer",
    },
    "EffectsRole": {
        "take from the queue of effects",
        "take from the queue of mails",
        "put into the queue",
        "put into the queue of effects",
        "put into the queue of mails",
        "read the key of the links",
        "read Stripe's key",
        "read the key of messages",
        "take a lane",
        "read a customer's books",
        "write a customer's books",
        "erase from a customer's books",
        "write a tombstone",
        "read an access item",
        "note a refresh",
        "delete an access item",
        "read the cursor",
        "move the cursor",
        "write an export",
        "delete an export",
        "set a reminder",
        "announce",
        "mail as the business",
        "log as the effects worker",
    },
    "ExportsRole": {"read an export", "log as exports"},
    "AccessRole": {
        "read an access item",
        "find customers by reference",
        "put into the queue of effects",
        "read the apps' tokens",
        "log as access",
    },
    "ReconcileRole": {
        "read Stripe's key",
        "read the key of messages",
        "look up many events",
        "take a lane",
        "read the cursor",
        "move the cursor",
        "list the unfinished",
        "put into the queue",
        "put into the queue of effects",
        "put into the queue of mails",
        "log as reconcile",
    },
    "SchedulerRole": {"put into the queue", "put into Scheduler's dead-letter queue"},
}


@pytest.fixture(scope="module")
def names(stack: Stack) -> Iterator[Names]:
    """The stack's resources and a bucket of somebody else; what the calls leave behind is removed at the end."""
    cloudformation: CloudFormationClient = stack.cloud.client("cloudformation")
    resources = cloudformation.describe_stack_resources(StackName=NAME)["StackResources"]
    account = stack.cloud.client("sts").get_caller_identity()["Account"]
    ids = {made["LogicalResourceId"]: made["PhysicalResourceId"] for made in resources}
    ids |= {name: f"arn:aws:iam::{account}:role/{ids[name]}" for name in ids if name.endswith("Role")}
    s3: S3Client = stack.cloud.client("s3")
    s3.create_bucket(Bucket="another")
    for bucket, key in (("another", "exports/x.json"), (ids["ExportsBucket"], "other/x.json")):
        s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
    s3.put_object(Bucket=ids["ExportsBucket"], Key="exports/x.json", Body=b"{}")
    yield ids | {"another": "another"}
    for key in ("other/x.json", "exports/x.json"):
        s3.delete_object(Bucket=ids["ExportsBucket"], Key=key)
    stack.cloud.client("scheduler").delete_schedule(Name="due_test", GroupName=ids["ScheduleGroup"])
    stack.cloud.client("sqs").purge_queue(QueueUrl=ids["SchedulerDeadLetterQueue"])


@pytest.fixture(scope="module")
def client_of(stack: Stack, names: Names) -> Iterator[Callable[[str, str], Any]]:
    """A function that makes a client that acts as a role; while the tests last, the test may act as Scheduler's."""
    iam, scheduler = stack.cloud.client("iam"), names["SchedulerRole"].rpartition("/")[2]
    trust = iam.get_role(RoleName=scheduler)["Role"]["AssumeRolePolicyDocument"]
    trusted = trust | {"Statement": [*trust["Statement"], TRUSTED]}

    @functools.cache
    def session(role: str) -> Callable[[str], Any]:
        return functools.cache(acting_as(stack.cloud, names[role]))

    try:
        iam.update_assume_role_policy(RoleName=scheduler, PolicyDocument=json.dumps(trusted))
        yield lambda role, service: session(role)(service)
    finally:
        iam.update_assume_role_policy(RoleName=scheduler, PolicyDocument=json.dumps(trust))


def test_every_role_of_the_stack_is_looked_at(names: Names) -> None:
    assert {name for name in names if name.endswith("Role")} == set(MAY)


@pytest.mark.parametrize("role", MAY)
def test_a_role_may_do_what_it_needs_and_is_refused_all_else(
    names: Names, client_of: Callable[[str, str], Any], role: str
) -> None:
    def may(call: Call) -> bool:
        return allowed(getattr(client_of(role, call.service), call.operation), **call.parameters(names))

    assert {what for what, call in CALLS.items() if may(call)} == MAY[role]


def test_every_call_but_a_few_is_allowed_to_somebody() -> None:
    """Finds calls that AWS refuses for another reason, such as a mistake in this file."""
    nobody = set(CALLS) - set[str]().union(*MAY.values())
    assert nobody == {
        "put into the dead-letter queue",
        "put into the effects' dead-letter queue",
        "take from the dead-letter queue",
        "empty the queue",
        "replace the signing secrets",
        "read the inbox",
        "forget an event",
        "read through the inbox",
        "read through the books",
        "read through the tombstones",
        "delete a tombstone",
        "read through the access items",
        "delete the books",
        "read another file",
        "list the exports",
        "write another file",
        "read another bucket",
        "set any schedule",
        "set a schedule of another group",
        "announce elsewhere",
        "mail as somebody else",
        "call a function",
        "become another role",
        "grant itself more",
    }


@pytest.mark.parametrize("queue", ["EventsQueue", "SchedulerDeadLetterQueue"])
def test_a_queue_takes_nothing_that_does_not_come_over_tls(
    names: Names, client_of: Callable[[str, str], Any], queue: str
) -> None:
    sqs: SQSClient = client_of("SchedulerRole", "sqs")
    parameters = message(queue).parameters(names)

    assert allowed(sqs.send_message, **parameters)
    with plain_http(sqs):
        assert not allowed(sqs.send_message, **parameters)
