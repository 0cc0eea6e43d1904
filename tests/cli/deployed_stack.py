"""A deployed stack as `billhook doctor` sees it: moto, a stand-in for Stripe, and answers where moto has none."""

import json
from typing import Any

import boto3
import stripe

from cli.operate.endpoint_plan import types_for
from tests.cli.stripe_api import KEY, StripeApi
from tests.consumer.tables import make_table

REGION = "eu-central-1"
URL = "https://example.com/webhooks/stripe"
SECRET = "whsec_" + "k" * 24
OUTPUTS = {
    "WebhookUrl": URL,
    "InboxTableName": "acme-inbox",
    "ScheduleGroupName": "acme",
    "SigningSecretsId": "acme/stripe-signing-secrets",
}
PARAMETERS = {"Livemode": "false", "MailSender": "Acme <billing@acme.example>"}


class ListingApi(StripeApi):
    """Stripe's endpoints, and empty lists of everything else; `hidden` lists are refused."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = set[str]()

    def answer(self, method: str, target: str, key: str, body: str) -> tuple[int, str]:
        name = target.removeprefix("/v1/").partition("?")[0].replace("/", ".")
        if name in self.hidden:
            return 403, json.dumps({"error": {"type": "invalid_request_error", "message": "not allowed"}})
        if name in {"events", "customers", "subscriptions", "checkout.sessions"}:
            return 200, json.dumps({"object": "list", "data": [], "has_more": False, "url": f"/v1/{name}"})
        return super().answer(method, target, key, body)


class Stack:
    """A stack in which all is right, until a test changes it."""

    def __init__(self, api: ListingApi) -> None:
        self.api = api
        self.status = 200
        self.posted: list[tuple[str, bytes]] = []
        self.alarms = boto3.client("cloudwatch")
        self.sns = boto3.client("sns")
        self.sqs = boto3.client("sqs")
        self.secrets = boto3.client("secretsmanager")
        self.ses = boto3.client("sesv2")
        self.verified = True
        self.sending: dict[str, Any] = {
            "ProductionAccessEnabled": True,
            "SendingEnabled": True,
            "SendQuota": {"Max24HourSend": 200.0, "SentLast24Hours": 3.0},
        }
        self.topic = self.sns.create_topic(Name="acme-alarms")["TopicArn"]
        self.state = "UPDATE_COMPLETE"
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:123456789012:pager")
        self.alarm("acme-dead-events")
        for queue in ("effects-dlq", "mails-dlq", "scheduler-dlq"):
            self.sqs.create_queue(QueueName=f"acme-{queue}")
        self.sqs.create_queue(QueueName="acme-dlq.fifo", Attributes={"FifoQueue": "true"})
        make_table(boto3.client("dynamodb"), "InboxTable", "acme-inbox")
        boto3.client("scheduler").create_schedule_group(Name="acme")
        self.secrets.create_secret(Name="acme/stripe-signing-secrets", SecretString=json.dumps({"direct": [SECRET]}))
        self.secrets.create_secret(Name="acme/stripe-api-key", SecretString=KEY)
        self.ses.create_email_identity(EmailIdentity="billing@acme.example")
        self.endpoint = api.has(
            url=f"{URL}/direct", api_version=stripe.api_version, enabled_events=types_for("direct"), metadata={}
        )

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - as boto3's, which moto has not installed
        assert StackName == "acme"
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()]
        outputs.append({"OutputKey": "AlarmTopicArn", "OutputValue": self.topic})
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in PARAMETERS.items()]
        return {"Stacks": [{"StackStatus": self.state, "Outputs": outputs, "Parameters": given}]}

    def get_account(self) -> dict[str, Any]:
        return self.sending

    def get_email_identity(self, **asked: str) -> Any:  # noqa: ANN401 - as boto3's
        found = self.ses.get_email_identity(**asked)
        return {**found, "VerifiedForSendingStatus": self.verified}

    @property
    def exceptions(self) -> Any:  # noqa: ANN401 - as boto3's
        return self.ses.exceptions

    def alarm(self, name: str, *, armed: bool = True) -> None:
        self.alarms.put_metric_alarm(
            AlarmName=name,
            ActionsEnabled=armed,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            MetricName="m",
            Namespace="Billhook",
            Period=60,
            Statistic="Sum",
            Threshold=1,
        )

    def store(self, name: str, value: str) -> None:
        self.secrets.put_secret_value(SecretId=f"acme/{name}", SecretString=value)

    def post(self, url: str, body: bytes, _signature: str) -> int:
        self.posted.append((url, body))
        return self.status
