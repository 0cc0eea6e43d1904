"""The handler as Lambda gets it, against an imitation of SQS and Secrets Manager."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from functions.ingest.aws import EventsQueue
from functions.ingest.wiring import build
from shared.messages.mac import verify
from tests.ingest.support import CONNECT, DIRECT, MESSAGE_KEY, PAYMENT_FAILED, http_event, sign, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

    from functions.ingest.handler import Handler

REGION = "eu-central-1"
BODY = to_bytes(PAYMENT_FAILED | {"account": "acct_1", "description": "é\uffff"})


class Cloud:
    """One FIFO queue and one secret, which has no value yet, and ingest built upon them."""

    def __init__(self) -> None:
        self.sqs: SQSClient = boto3.client("sqs", region_name=REGION)
        self.secrets_manager: SecretsManagerClient = boto3.client("secretsmanager", region_name=REGION)
        self.queue_url = self.sqs.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        self.secret_id = self.secrets_manager.create_secret(Name="signing-secrets")["ARN"]
        key_id = self.secrets_manager.create_secret(Name="message-key", SecretString=MESSAGE_KEY)["ARN"]
        secrets = {"SECRET_ID": self.secret_id, "MESSAGE_KEY_ID": key_id}
        environ = {"QUEUE_URL": self.queue_url, "AWS_REGION": REGION, "FULL_QUEUE": "1", **secrets}
        self.handler: Handler = build(environ)

    def set_secret(self, value: dict[str, str]) -> None:
        self.secrets_manager.put_secret_value(SecretId=self.secret_id, SecretString=json.dumps(value))

    def post(self, body: bytes = BODY, secret: str = DIRECT) -> dict[str, Any]:
        answer = self.handler(http_event(body, sign(body, secret, at=int(time.time()))), None)
        body_: dict[str, Any] = json.loads(answer["body"])
        return {"status": answer["statusCode"]} | body_


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield Cloud()


def test_an_event_arrives_in_the_queue_once_however_often_it_is_posted(cloud: Cloud) -> None:
    cloud.set_secret({"direct": DIRECT, "connect": CONNECT})
    assert cloud.post(secret=CONNECT) == {"status": 200, "received": True, "id": "evt_1PaymentFailed"}
    assert cloud.post(secret=CONNECT)["status"] == 200
    (message,) = cloud.sqs.receive_message(
        QueueUrl=cloud.queue_url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
    )["Messages"]
    assert json.loads(message["Body"]) == json.loads(BODY)
    assert message["Attributes"]["MessageGroupId"] == "acct_1"
    assert message["Attributes"]["MessageDeduplicationId"] == "evt_1PaymentFailed"
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert verify([MESSAGE_KEY.encode()], message["Body"], attributes) == "signed"
    assert attributes.pop("mac")
    assert attributes == {
        "type": "invoice.payment_failed",
        "account": "acct_1",
        "livemode": "false",
        "api_version": "2025-03-31.basil",
        "endpoint": "connect",
        "request_id": "req_1",
    }


def test_the_size_of_the_queue_is_asked_of_sqs_and_unknown_where_it_is_gone(cloud: Cloud) -> None:
    cloud.set_secret({"direct": DIRECT})
    assert cloud.post()["status"] == 200
    queue = EventsQueue(cloud.sqs)
    assert queue.waiting(cloud.queue_url) == 1
    cloud.sqs.delete_queue(QueueUrl=cloud.queue_url)
    assert queue.waiting(cloud.queue_url) is None


def test_a_full_queue_sends_back_who_fills_it(cloud: Cloud) -> None:
    cloud.set_secret({"direct": DIRECT})
    for number in range(3):  # before ingest has asked for the size
        cloud.sqs.send_message(
            QueueUrl=cloud.queue_url, MessageBody="{}", MessageGroupId="acct_1", MessageDeduplicationId=str(number)
        )
    accounts = ["acct_calm", *["acct_1"] * 11]
    bodies = [to_bytes(PAYMENT_FAILED | {"account": account}) for account in accounts]
    assert [cloud.post(body)["status"] for body in bodies] == [200] * 11 + [503]


def test_a_secret_without_a_value_is_one_that_is_not_set_yet(cloud: Cloud) -> None:
    answer = cloud.post()
    assert (answer["status"], answer["reason"]) == (503, "no_secret")


def test_a_binary_secret_is_of_the_wrong_shape(cloud: Cloud) -> None:
    cloud.secrets_manager.put_secret_value(SecretId=cloud.secret_id, SecretBinary=b"{}")
    answer = cloud.post()
    assert (answer["status"], answer["reason"]) == (503, "secret_unreadable")


def test_a_queue_that_is_gone_is_503(cloud: Cloud) -> None:
    cloud.set_secret({"direct": DIRECT})
    cloud.sqs.delete_queue(QueueUrl=cloud.queue_url)
    answer = cloud.post()
    assert (answer["status"], answer["reason"]) == (503, "queue_unavailable")


def test_aws_out_of_reach_is_503_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # the discard port: nobody listens
    names = {"SECRET_ID": "x", "MESSAGE_KEY_ID": "y", "AWS_REGION": REGION}
    handler = build({"QUEUE_URL": "http://127.0.0.1:9/events.fifo", **names})
    answer = handler(http_event(BODY, sign(BODY, at=int(time.time()))), None)
    assert (answer["statusCode"], json.loads(answer["body"])["reason"]) == (503, "secrets_unavailable")
    assert json.loads(capsys.readouterr().out)["cause"] == "GetSecretValue: EndpointConnectionError"


def test_ingest_imports_botocore_and_nothing_heavier() -> None:
    program = (
        "import sys; import functions.ingest.wiring; "
        "print(*{name.split('.')[0] for name, module in sys.modules.items()"
        " if 'site-packages' in (getattr(module, '__file__', None) or '')})"
    )
    # A new interpreter: this one has imported everything.
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    shipped = {"botocore", "dateutil", "jmespath", "six", "urllib3"}
    assert set(done.stdout.split()) - shipped <= {"certifi"}  # botocore takes it if it is there; Lambda's has none
