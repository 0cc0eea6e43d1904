"""Calls that IAM lets pass or refuses, and clients that act as a role."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError

from infra.local_cloud.cloud import REGION, LocalCloud

DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403"})  # the last is S3's answer to HEAD

ACCOUNT = "000000000000"
TRUSTED = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}

type Session = Callable[[str], Any]
"""A maker of clients, by service, that act as one role."""


def document(*statements: object) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allowed(call: Callable[..., object], **parameters: object) -> bool:
    """Whether IAM lets the call pass; a condition of DynamoDB that does not hold is looked at after that.

    Raises:
        botocore.exceptions.ClientError: it failed for another reason.
    """
    try:
        call(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] in {*DENIED, "ConditionalCheckFailedException"}:
            return error.response["Error"]["Code"] not in DENIED
        raise
    return True


def acting_as(cloud: LocalCloud, role_arn: str) -> Session:
    """A session of the role, which must trust the account."""
    given = cloud.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test")["Credentials"]
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION)

    def client(service: str) -> Any:  # noqa: ANN401 -- what boto3 gives
        return session.client(service, endpoint_url=cloud.endpoint_url)  # type: ignore[call-overload]

    return client


def make_role(cloud: LocalCloud, name: str, *statements: object) -> str:
    """A role that may do this, and trusts the account; answers its ARN."""
    iam = cloud.client("iam")
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(TRUSTED))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document(*statements))
    return arn


@contextmanager
def plain_http(client: Any) -> Iterator[None]:  # noqa: ANN401 -- what boto3 gives
    """For as long as the `with` block lasts, the client's requests say that they do not come over TLS."""
    event = f"before-send.{client.meta.service_model.service_id.hyphenize()}"

    def say(request: AWSPreparedRequest, **_: object) -> None:
        request.headers["X-Forwarded-Proto"] = "http"

    client.meta.events.register(event, say)
    try:
        yield
    finally:
        client.meta.events.unregister(event, say)
