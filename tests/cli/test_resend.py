"""Messages that Scheduler gave up return to the events queue as the same events; foreign messages stay."""

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

import cli.operate.resend
from cli.command import main
from cli.operate.resend import resend
from cli.where import Where
from functions.effects.perform.scheduler import reminder_message
from shared.effects.remind import Remind
from shared.messages.mac import signed_body
from tests.consumer.tables import make_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sqs.client import SQSClient

DUE = Remind(type="reminder.payment_failed", at=1_795_000_000, about="in_1", account="acct_1", customer="cus_1")
REMINDER = signed_body(b"k" * 32, reminder_message(DUE, livemode=True))
EVENT = json.loads(REMINDER)


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> "Iterator[SQSClient]":
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setattr(cli.operate.resend, "WAIT", 0)  # moto waits for as long as it is told to
    with mock_aws():
        client = boto3.client("sqs")
        make_table(boto3.client("dynamodb"), "BooksTable", "billhook-books")
        client.create_queue(QueueName="billhook-scheduler-dlq")
        client.create_queue(QueueName="billhook-events.fifo", Attributes={"FifoQueue": "true"})
        yield client
        client.close()


def give_up(sqs: "SQSClient", body: str, **attributes: str) -> None:
    """Send what Scheduler sends when it gives up."""
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName="billhook-scheduler-dlq")["QueueUrl"],
        MessageBody=body,
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value}
            for name, value in {"ERROR_CODE": "AccessDenied", "IS_PAYLOAD_TRUNCATED": "false", **attributes}.items()
        },
    )


def lying_in(sqs: "SQSClient", queue: str) -> list[Any]:
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, MessageSystemAttributeNames=["All"]
    )
    return list(found.get("Messages", []))


def waiting(sqs: "SQSClient", queue: str) -> int:
    """How many there are, those that somebody looks at included."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(value) for value in attributes.values())


@pytest.mark.parametrize(
    "body",
    [REMINDER, json.dumps({"MessageBody": REMINDER, "QueueUrl": "https://sqs.example/events.fifo"})],
    ids=["the input", "the call"],
)
def test_a_reminder_goes_back_as_the_event_it_was(sqs: "SQSClient", body: str) -> None:
    give_up(sqs, body)

    assert resend(sqs, "billhook", by_customer=False, dry_run=False) == 0

    (message,) = lying_in(sqs, "billhook-events.fifo")
    assert message["Body"] == REMINDER
    assert message["Attributes"]["MessageGroupId"] == "acct_1"
    assert message["Attributes"]["MessageDeduplicationId"] == EVENT["id"]
    assert waiting(sqs, "billhook-scheduler-dlq") == 0


def test_it_goes_to_the_group_of_its_customer_where_the_stack_groups_by_customer(sqs: "SQSClient") -> None:
    give_up(sqs, REMINDER)
    resend(sqs, "billhook", by_customer=True, dry_run=False)
    assert lying_in(sqs, "billhook-events.fifo")[0]["Attributes"]["MessageGroupId"] == "acct_1#cus_1"


def test_the_platforms_own_go_to_its_group(sqs: "SQSClient") -> None:
    give_up(sqs, json.dumps(EVENT | {"account": None}))
    resend(sqs, "billhook", by_customer=False, dry_run=False)
    assert lying_in(sqs, "billhook-events.fifo")[0]["Attributes"]["MessageGroupId"] == "platform"


def test_a_group_that_the_failed_call_named_is_kept(sqs: "SQSClient") -> None:
    give_up(sqs, json.dumps({"MessageBody": REMINDER, "MessageGroupId": "acct_1#cus_1"}))
    resend(sqs, "billhook", by_customer=False, dry_run=False)
    assert lying_in(sqs, "billhook-events.fifo")[0]["Attributes"]["MessageGroupId"] == "acct_1#cus_1"


def test_more_than_one_look_finds_all_go(sqs: "SQSClient") -> None:
    for number in range(25):
        give_up(sqs, json.dumps(EVENT | {"id": f"due_{number}"}))
    assert resend(sqs, "billhook", by_customer=False, dry_run=False) == 0
    assert (waiting(sqs, "billhook-scheduler-dlq"), waiting(sqs, "billhook-events.fifo")) == (0, 25)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("hello?", "its body is no JSON"),
        ("[1]", "its body is no JSON object"),
        (json.dumps({"MessageBody": "hello?"}), "its body is no JSON"),
        (json.dumps(EVENT | {"type": "invoice.paid"}), "it is no message of a schedule of Billhook"),
        (json.dumps({"id": "due_1", "type": "reminder.payment_failed"}), "it is no message of a schedule of Billhook"),
    ],
)
def test_what_is_strange_stays_and_is_named(
    sqs: "SQSClient", capsys: pytest.CaptureFixture[str], body: str, reason: str
) -> None:
    give_up(sqs, body)
    give_up(sqs, REMINDER)

    assert resend(sqs, "billhook", by_customer=False, dry_run=False) == 1

    assert (waiting(sqs, "billhook-scheduler-dlq"), waiting(sqs, "billhook-events.fifo")) == (1, 1)
    assert reason in capsys.readouterr().out


def test_what_scheduler_had_to_truncate_stays(sqs: "SQSClient", capsys: pytest.CaptureFixture[str]) -> None:
    give_up(sqs, REMINDER, IS_PAYLOAD_TRUNCATED="true")
    assert resend(sqs, "billhook", by_customer=False, dry_run=False) == 1
    assert "truncate" in capsys.readouterr().out


def test_a_dry_run_says_why_each_was_given_up_and_moves_nothing(
    sqs: "SQSClient", capsys: pytest.CaptureFixture[str]
) -> None:
    give_up(sqs, REMINDER)
    assert resend(sqs, "billhook", by_customer=False, dry_run=True) == 0
    assert f"would go reminder.payment_failed  {EVENT['id']}  (AccessDenied)" in capsys.readouterr().out
    assert (waiting(sqs, "billhook-scheduler-dlq"), waiting(sqs, "billhook-events.fifo")) == (1, 0)


def test_the_command_asks_the_stack_how_it_groups(
    sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Where, "described", lambda where: ({}, {"billhook": {"GroupBy": "customer"}}[where.name]))
    give_up(sqs, REMINDER)
    assert main(["resend", "--stack", "billhook"]) == 0
    assert lying_in(sqs, "billhook-events.fifo")[0]["Attributes"]["MessageGroupId"] == "acct_1#cus_1"
    assert "1 sent, 0 stay" in capsys.readouterr().out


def test_a_stack_that_is_not_there_is_said_to_be_so(
    sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sqs is not None
    monkeypatch.setattr(Where, "described", lambda _where: ({}, {"GroupBy": "account"}))
    assert main(["resend", "--stack", "nothing"]) == 1
    assert "stopped" in capsys.readouterr().err
