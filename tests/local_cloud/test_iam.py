"""When IAM is enforced, policies are evaluated on the same values as on AWS."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from infra.local_cloud.cloud import REGION, LocalCloud
from tests.support.iam import ACCOUNT, Session, acting_as, allowed, document, make_role, plain_http

from .conftest import unique

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient


@pytest.fixture(scope="module")
def strict() -> Iterator[LocalCloud]:
    with LocalCloud.start(auth=True) as started:
        yield started


@pytest.fixture(scope="module")
def plain_strict() -> Iterator[LocalCloud]:
    with LocalCloud.start(auth=True, patched=False) as started:
        yield started


def role(cloud: LocalCloud, *statements: Mapping[str, Any]) -> tuple[str, Session]:
    """A new role that may do this, and a maker of clients that act as it."""
    arn = make_role(cloud, unique("role"), *statements)
    return arn, acting_as(cloud, arn)


def sends_mail(cloud: LocalCloud, sender: str) -> bool:
    """Whether a role that may mail as billing@example.com only may mail from this sender."""
    cloud.client("sesv2").create_email_identity(EmailIdentity="example.com")
    _, session = role(
        cloud,
        {
            "Effect": "Allow",
            "Action": "ses:SendEmail",
            "Resource": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com",
            "Condition": {"StringEquals": {"ses:FromAddress": "billing@example.com"}},
        },
    )
    mailer: SESV2Client = session("sesv2")
    content = {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}}}
    to = {"ToAddresses": ["studio@example.com"]}
    return allowed(mailer.send_email, FromEmailAddress=sender, Destination=to, Content=content)


def test_mail_is_authorised_on_the_identity_and_the_address_of_its_sender(strict: LocalCloud) -> None:
    assert sends_mail(strict, "Saltmarsh Software <billing@example.com>")
    assert not sends_mail(strict, "Saltmarsh Software <director@example.com>")
    assert not sends_mail(strict, "billing@example.net")


def test_plain_ministack_still_authorises_mail_on_no_identity(plain_strict: LocalCloud) -> None:
    assert not sends_mail(plain_strict, "Saltmarsh Software <billing@example.com>")


def sets_schedule(cloud: LocalCloud, group: str) -> bool:
    """Whether a role that may set schedules of the group `mine` may set one of this group."""
    arn, session = role(
        cloud,
        {
            "Effect": "Allow",
            "Action": "scheduler:CreateSchedule",
            "Resource": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/mine/due_*",
        },
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
    )
    maker: EventBridgeSchedulerClient = cloud.client("scheduler")
    if group not in {made["Name"] for made in maker.list_schedule_groups()["ScheduleGroups"]}:
        maker.create_schedule_group(Name=group)
    return allowed(
        session("scheduler").create_schedule,
        Name=unique("due_"),
        GroupName=group,
        ScheduleExpression="at(2099-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:any", "RoleArn": arn},
    )


def test_a_schedule_is_authorised_as_one_of_its_own_group(strict: LocalCloud) -> None:
    assert sets_schedule(strict, "mine")
    assert not sets_schedule(strict, "theirs")
    assert not sets_schedule(strict, "default")


def test_plain_ministack_still_authorises_every_schedule_as_one_of_the_default_group(plain_strict: LocalCloud) -> None:
    assert not sets_schedule(plain_strict, "mine")


def may_send(cloud: LocalCloud, *, named: bool) -> bool:
    """Whether a role that may use SQS may send to a queue that refuses all roles but one, which it is if `named`."""
    arn, session = role(cloud, {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
    others = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:SendMessage",
        "Resource": "*",
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": arn if named else f"arn:aws:iam::{ACCOUNT}:role/other"}},
    }
    owner: SQSClient = cloud.client("sqs")
    url = owner.create_queue(QueueName=unique("queue"), Attributes={"Policy": document(others)})["QueueUrl"]
    return allowed(session("sqs").send_message, QueueUrl=url, MessageBody="hello")


def test_the_arn_of_a_caller_is_that_of_its_role(strict: LocalCloud) -> None:
    assert may_send(strict, named=True)
    assert not may_send(strict, named=False)


def test_plain_ministack_still_takes_that_of_its_session(plain_strict: LocalCloud) -> None:
    assert not may_send(plain_strict, named=True)


def reads(cloud: LocalCloud, *, as_plain_http: bool = False) -> bool:
    """Whether a file can be read from a bucket that refuses what does not come over TLS."""
    insecure = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    owner, bucket = cloud.client("s3"), unique("bucket")
    owner.create_bucket(Bucket=bucket)
    owner.put_object(Bucket=bucket, Key="file", Body=b"hello")
    owner.put_bucket_policy(Bucket=bucket, Policy=document(insecure))
    _, session = role(cloud, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"})
    reader: S3Client = session("s3")
    with plain_http(reader) if as_plain_http else nullcontext():
        return allowed(reader.get_object, Bucket=bucket, Key="file")


def test_a_request_counts_as_one_over_tls_unless_it_says_otherwise(strict: LocalCloud) -> None:
    assert reads(strict)
    assert not reads(strict, as_plain_http=True)


def test_plain_ministack_still_takes_every_request_for_one_without_tls(plain_strict: LocalCloud) -> None:
    assert not reads(plain_strict)


def reads_partition(cloud: LocalCloud, partition: str) -> tuple[bool, bool]:
    """Whether a role that may use the partition `mine` may query this one, and put something into it."""
    owner, table = cloud.client("dynamodb"), unique("table")
    owner.create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    _, session = role(
        cloud,
        {
            "Effect": "Allow",
            "Action": ["dynamodb:Query", "dynamodb:PutItem"],
            "Resource": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}",
            "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["mine"]}},
        },
    )
    user: DynamoDBClient = session("dynamodb")
    asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": partition}}}
    return (
        allowed(user.query, TableName=table, **asked),
        allowed(user.put_item, TableName=table, Item={"pk": {"S": partition}}),
    )


def test_a_partition_can_be_forbidden(strict: LocalCloud) -> None:
    assert reads_partition(strict, "mine") == (True, True)
    assert reads_partition(strict, "theirs") == (False, False)


def test_plain_ministack_still_knows_no_partitions(plain_strict: LocalCloud) -> None:
    assert reads_partition(plain_strict, "theirs") == (True, True)


def logs(cloud: LocalCloud, policy: str) -> bool:
    """Whether a role that may write to logs of this ARN may make a stream in the group `mine`."""
    owner, group = cloud.client("logs"), unique("mine")
    owner.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{policy.format(group)}"
    _, session = role(cloud, {"Effect": "Allow", "Action": "logs:CreateLogStream", "Resource": arn})
    return allowed(session("logs").create_log_stream, logGroupName=group, logStreamName="stream")


def test_a_log_is_authorised_as_the_stream_in_its_group(strict: LocalCloud) -> None:
    assert logs(strict, "{}:*")
    assert not logs(strict, "theirs:*")


def test_plain_ministack_still_authorises_a_log_as_its_group(plain_strict: LocalCloud) -> None:
    assert not logs(plain_strict, "{}:*")
