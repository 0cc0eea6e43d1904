"""Billhook deployed on a local cloud: sends it events, moves its clock, and reads the outcomes."""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.samples import samples
from cli.samples.wrap import LOCAL_KEY
from infra.local_cloud.cloud import LocalCloud
from infra.local_cloud.mail import Mail
from shared.compression.packing import unpack
from shared.inbox.lanes import Lane
from shared.tables.attributes import from_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sqs.client import SQSClient

NAME = "billhook"
BUSINESS = "Saltmarsh Software"
SENDER = "Saltmarsh Software <billing@example.com>"
APP_TOKEN = "the-token-of-an-app-on-the-local-cloud"  # noqa: S105 - of a cloud that ends with the command
SETTLED = frozenset({"done", "ignored", "failed"})


@dataclass(frozen=True)
class Stack:
    """A deployment: its cloud, the stack's outputs, and the URL and secret of its webhook."""

    cloud: LocalCloud
    outputs: dict[str, str]
    webhook_url: str
    secret: str

    def now(self) -> int:
        """The cloud's time, in epoch seconds."""
        return int(self.cloud.now().timestamp())

    def send(self, event: dict[str, Any], *, path: str = "", secret: str | None = None) -> samples.Answer:
        """Send an event to the webhook URL as Stripe does: signed now, and again after 503."""
        body = samples.encode(event)
        return samples.deliver(
            self.webhook_url + path, body, lambda: samples.signature(body, secret or self.secret, self.now())
        )

    def post(self, event: dict[str, Any]) -> samples.Answer:
        """Sign an event now and post it to the webhook URL, once."""
        body = samples.encode(event)
        return samples.post(self.webhook_url, body, samples.signature(body, self.secret, self.now()))

    def ask(self, **query: str) -> dict[str, Any]:
        """The answer of the function access to an app, such as `ask(reference="org_1", feature="exports")`."""
        return self._ask(f"access?{urllib.parse.urlencode(query)}")

    def came_of(self, session: str, wait: int = 10) -> dict[str, Any]:
        """The answer of the function access to a success page, after `wait` seconds at the latest."""
        return self._ask(f"checkout/{session}?wait={wait}")

    def _ask(self, what: str) -> dict[str, Any]:
        url = f"{self.webhook_url.removesuffix('/webhooks/stripe')}/{what}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {APP_TOKEN}"})  # noqa: S310 - http://localhost
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - likewise
            body: dict[str, Any] = json.load(answer)
        return body

    def inbox(self, event_id: str) -> dict[str, Any] | None:
        """The inbox item of an event; None if there is none."""
        dynamodb: DynamoDBClient = self.cloud.client("dynamodb")
        item = dynamodb.get_item(TableName=self.outputs["InboxTableName"], Key={"id": {"S": event_id}}).get("Item")
        return from_item(item) if item else None

    def settled(self, event_id: str, seconds: float = 60) -> dict[str, Any]:
        """The inbox item of an event, once it is done, ignored or failed.

        Raises:
            TimeoutError: that takes longer than `seconds`; the message has the state and the error.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            item = self.inbox(event_id)
            if item and item["state"] in SETTLED:
                return item
            time.sleep(0.03)
        item = self.inbox(event_id) or {}
        why = f"{item.get('error')}, as {item.get('type')}, state {item.get('state')}, attempt {item.get('attempts')}"
        raise TimeoutError(f"{event_id} is not settled after {seconds} s: {why}")

    def all_inbox(self) -> list[dict[str, Any]]:
        """The inbox item of every event, in the order of arrival; the counters of the hourly limit are left out."""
        events = (item for item in self._scan("InboxTableName") if "received_ms" in item)
        return sorted(events, key=lambda item: item["received_ms"])

    def organization(self, customer: str, account: str = "platform") -> dict[str, Any] | None:
        """The stored record of an organization; None if there is none."""
        dynamodb: DynamoDBClient = self.cloud.client("dynamodb")
        key = {"pk": {"S": f"{account}#{customer}"}, "sk": {"S": "organization"}}
        item = dynamodb.get_item(TableName=self.outputs["BooksTableName"], Key=key).get("Item")
        return json.loads(unpack(from_item(item)["record"])) if item else None

    def books(self) -> list[dict[str, Any]]:
        """Every item of the books, with its record as JSON."""
        items = self._scan("BooksTableName")
        return [item | {"record": unpack(item["record"])} if "record" in item else item for item in items]

    def tombstones(self) -> list[dict[str, Any]]:
        """Every item of the table of tombstones."""
        return self._scan("TombstonesTableName")

    def reminders(self) -> list[str]:
        """The names of the schedules that have not fired yet."""
        scheduler: EventBridgeSchedulerClient = self.cloud.client("scheduler")
        group = self.outputs["ScheduleGroupName"]
        return sorted(schedule["Name"] for schedule in scheduler.list_schedules(GroupName=group)["Schedules"])

    def mails(self) -> list[Mail]:
        """Every mail that was sent, oldest first."""
        return self.cloud.mails()

    def dead_letters(self, lane: Lane | None = None) -> int:
        """How many messages the dead-letter queue of the events has, or the one of a lane."""
        sqs: SQSClient = self.cloud.client("sqs")
        queue = f"{lane.capitalize() if lane else ''}DeadLetterQueueUrl"
        attributes = sqs.get_queue_attributes(
            QueueUrl=self.outputs[queue], AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])

    def set_secrets(self, secrets: dict[str, str | list[str]]) -> None:
        """Store the signing secrets that ingest reads."""
        manager: SecretsManagerClient = self.cloud.client("secretsmanager")
        manager.put_secret_value(SecretId=self.outputs["SigningSecretsId"], SecretString=json.dumps(secrets))

    def set_tokens(self, tokens: dict[str, str]) -> None:
        """Store the tokens of the apps that may ask for access."""
        manager: SecretsManagerClient = self.cloud.client("secretsmanager")
        manager.put_secret_value(SecretId=self.outputs["AccessTokensId"], SecretString=json.dumps(tokens))

    def accept_samples(self) -> None:
        """Let the consumer accept the samples of events/sqs/, too; the stack's own key stays the one that signs."""
        manager: SecretsManagerClient = self.cloud.client("secretsmanager")
        key = self.outputs["MessageKeyId"]
        own = manager.get_secret_value(SecretId=key)["SecretString"]
        manager.put_secret_value(SecretId=key, SecretString=f"{own}\n{LOCAL_KEY.decode()}")

    def _scan(self, table: str) -> list[dict[str, Any]]:
        dynamodb: DynamoDBClient = self.cloud.client("dynamodb")
        pages = dynamodb.get_paginator("scan").paginate(TableName=self.outputs[table])
        return [from_item(item) for page in pages for item in page["Items"]]


def deploy(cloud: LocalCloud, built: Path, architecture: str, secret: str, **parameters: str) -> Stack:
    """Deploy the output of `sam build`, verify the sender, and set the signing secret of the endpoint `direct`."""
    settings = {"Architecture": architecture, "BusinessName": BUSINESS, "MailSender": SENDER, **parameters}
    cloud.deploy(built, NAME, settings)
    outputs = cloud.outputs(NAME)
    cloud.client("sesv2").create_email_identity(EmailIdentity="billing@example.com")
    stack = Stack(cloud, outputs, f"{cloud.api_url(outputs['ApiId'])}/webhooks/stripe", secret)
    stack.set_secrets({"direct": secret})
    stack.set_tokens({"app": APP_TOKEN})
    stack.accept_samples()
    return stack


@contextmanager
def deployed(
    built: Path, architecture: str, secret: str, *, faulty: bool = False, **parameters: str
) -> Iterator[Stack]:
    """A stack on its own cloud, during the `with` block.

    The cloud enforces IAM unless it is `faulty`. Then it has a fault proxy, which changes the host of each request
    after the request was signed.
    """
    with LocalCloud.start(auth=not faulty, faulty=faulty) as cloud:
        yield deploy(cloud, built, architecture, secret, **parameters)
