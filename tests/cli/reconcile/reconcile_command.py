"""A stack on moto, a Stripe, and `billhook reconcile` between them."""

import json
import time
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError

from cli.command import main
from cli.samples import samples
from cli.where import Where
from tests.consumer.tables import make_table
from tests.support.stripe_lists import PLATFORM, StripeLists

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient

HOUR = 3600
DAY = 24 * HOUR


class CloudFormation:
    """One stack. Moto's own needs far more than a stack's outputs."""

    def __init__(self, outputs: dict[str, str], parameters: dict[str, str]) -> None:
        self._outputs = outputs
        self._parameters = parameters

    def describe_stacks(self, StackName: str) -> object:  # noqa: N803 - boto3's
        if StackName != "billhook":
            said = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": said}}, "DescribeStacks")
        stack = {
            "Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in self._outputs.items()],
            "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in self._parameters.items()],
        }
        return {"Stacks": [stack]}


class ReconcileCommand:
    """A stack, a Stripe, and the command."""

    def __init__(self, stripe: StripeLists, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stripe = stripe
        self._monkeypatch = monkeypatch
        self.sqs: SQSClient = boto3.client("sqs")
        self.dynamodb: DynamoDBClient = boto3.client("dynamodb")
        self.inbox = make_table(self.dynamodb, "InboxTable")
        make_table(self.dynamodb, "BooksTable", "billhook-books")
        queue = self.sqs.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        outputs = {"EventsQueueUrl": queue, "InboxTableName": self.inbox, "MessageKeyId": "message-key"}
        self.parameters = {"Livemode": "false", "GroupBy": "account"}
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name="message-key", SecretString="k" * 64)
        stacks = CloudFormation(outputs, self.parameters)
        clients = {"cloudformation": stacks, "sqs": self.sqs, "dynamodb": self.dynamodb, "secretsmanager": secrets}
        clients["sts"] = boto3.client("sts")
        monkeypatch.setattr(Where, "client", lambda _where, service: clients[service])

    def happens(self, ago: float, account: str = PLATFORM, *, accepted: bool = False) -> str:
        event = samples.fresh("invoice.paid", int(time.time() - ago))
        event_id: str = self.stripe.has(event, account)["id"]
        if accepted:
            self.dynamodb.put_item(TableName=self.inbox, Item={"id": {"S": event_id}})
        return event_id

    def run(self, *arguments: str) -> int:
        return main(["reconcile", "--stack", "billhook", *arguments])

    def queued(self) -> list[str]:
        queue = self.sqs.get_queue_url(QueueName="events.fifo")["QueueUrl"]
        messages = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"])["id"] for message in messages]
