"""`make reconcile` against Stripe's API on loopback, and a stack on moto: what is in the queue, and what is printed."""

import json
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from functions.reconcile.stripe_api import PAUSE
from infra import reconcile, samples
from infra.reconcile_range import Range, RangeError, read_range
from tests.consumer.tables import make_table
from tests.support.stripe_lists import KEY, PLATFORM, StripeLists, served

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient

HOUR = 3600
DAY = 24 * HOUR
ACCOUNT = "acct_1Fernhill"
NOW = 1_790_000_000


class CloudFormation:
    """One stack. Moto's own needs far more than a stack's outputs."""

    def __init__(self, outputs: dict[str, str], parameters: dict[str, str]) -> None:
        self._stack = {
            "Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()],
            "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        }

    def describe_stacks(self, StackName: str) -> object:  # noqa: N803 - boto3's
        if StackName != "billhook":
            said = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": said}}, "DescribeStacks")
        return {"Stacks": [self._stack]}


class Setting:
    """A stack, a Stripe, and the command."""

    def __init__(self, stripe: StripeLists, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stripe = stripe
        self._monkeypatch = monkeypatch
        self.sqs: SQSClient = boto3.client("sqs")
        self.dynamodb: DynamoDBClient = boto3.client("dynamodb")
        self.inbox = make_table(self.dynamodb, "InboxTable")
        queue = self.sqs.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        outputs = {"EventsQueueUrl": queue, "InboxTableName": self.inbox}
        stacks = CloudFormation(outputs, {"Livemode": "false", "GroupBy": "account"})
        clients = {"cloudformation": stacks, "sqs": self.sqs, "dynamodb": self.dynamodb}
        monkeypatch.setattr(reconcile, "boto3", SimpleNamespace(client=clients.__getitem__))

    def happens(self, ago: float, account: str = PLATFORM, *, accepted: bool = False) -> str:
        event = samples.fresh("invoice.paid", int(time.time() - ago))
        event_id: str = self.stripe.has(event, account)["id"]
        if accepted:
            self.dynamodb.put_item(TableName=self.inbox, Item={"id": {"S": event_id}})
        return event_id

    def run(self, *arguments: str) -> int:
        self._monkeypatch.setattr(sys, "argv", ["reconcile", *arguments])
        return reconcile.main()

    def queued(self) -> list[str]:
        queue = self.sqs.get_queue_url(QueueName="events.fifo")["QueueUrl"]
        messages = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"])["id"] for message in messages]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Setting]:
    stripe = StripeLists(lambda: int(time.time()))
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws(), served(stripe) as url:
        monkeypatch.setenv("STRIPE_API_BASE", url)
        yield Setting(stripe, monkeypatch)


def test_what_is_missing_in_the_range_is_queued_and_counted_by_type(
    there: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    there.happens(5 * DAY, accepted=True)
    there.happens(4 * DAY)
    lost = there.happens(2 * DAY)

    assert there.run("--since", "3d") == 0

    assert there.queued() == [lost]
    assert capsys.readouterr().out.splitlines() == [
        f"  {lost}  invoice.paid",
        "platform: 1 checked, 1 missing, 1 put into the queue",
        "       1  invoice.paid",
    ]


def test_a_dry_run_says_what_is_missing_and_queues_nothing(there: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    there.happens(5 * DAY, accepted=True)
    there.happens(2 * DAY)

    assert there.run("--since", "3d", "--dry-run") == 0

    assert there.queued() == []
    assert "platform: 1 checked, 1 missing, nothing was changed" in capsys.readouterr().out


def test_what_came_before_the_first_accepted_event_is_left_out_unless_it_is_asked_for(
    there: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    early = there.happens(3 * DAY)
    there.happens(2 * DAY, accepted=True)
    lost = there.happens(1 * DAY)

    assert there.run("--since", "4d") == 0
    assert there.queued() == [lost]
    assert "on, when its first event was accepted" in capsys.readouterr().out

    assert there.run("--since", "4d", "--from-the-beginning") == 0
    assert set(there.queued()) <= {early, lost}
    assert early in capsys.readouterr().out


def test_an_account_that_never_sent_anything_is_named_and_left_alone(
    there: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    there.happens(2 * DAY, accepted=True)
    there.happens(1 * DAY, ACCOUNT)

    assert there.run("--since", "3d") == 0

    assert there.queued() == []
    assert f"{ACCOUNT}: none of its events was accepted" in capsys.readouterr().out


def test_one_account_can_be_asked_for(there: Setting) -> None:
    there.happens(2 * DAY, accepted=True)
    there.happens(1 * DAY)
    there.happens(2 * DAY, ACCOUNT, accepted=True)
    lost = there.happens(1 * DAY, ACCOUNT)

    assert there.run("--since", "3d", "--account", ACCOUNT) == 0

    assert there.queued() == [lost]


def test_the_last_hour_needs_to_be_asked_for(there: Setting) -> None:
    there.happens(2 * DAY, accepted=True)
    recent = there.happens(HOUR / 2)

    assert there.run("--since", "3h") == 0
    assert there.queued() == []
    assert there.run("--since", "3h", "--until", "now") == 0
    assert there.queued() == [recent]


def test_a_key_that_may_not_list_accounts_says_so(there: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    there.stripe.may_list_accounts = False

    assert there.run("--since", "3d") == 0

    assert "connected accounts are left out: the key may not list them" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("", "set STRIPE_API_KEY"),
        ("whsec_1", "set STRIPE_API_KEY"),
        ("rk_live_1", "STRIPE_API_KEY is for live mode, and billhook has Livemode=false"),
        ("rk_test_revoked", "Stripe refuses"),
    ],
)
def test_a_key_that_will_not_do_is_named_and_not_shown(
    there: Setting, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str, why: str
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", key)

    assert there.run("--since", "3d") == 1

    said = capsys.readouterr().err
    assert said.startswith(f"not done: {why}")
    assert not key or key not in said


@pytest.mark.parametrize(("arguments", "why"), [(["--stack", "other"], "does not exist"), (["--since", "31d"], "30d")])
def test_what_cannot_be_done_is_said(
    there: Setting, capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    assert there.run("--since", "3d", *arguments) == 1
    assert why in capsys.readouterr().err


def test_stripe_in_trouble_means_to_run_it_again(there: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    there.stripe.trouble = lambda: 429

    assert there.run("--since", "3d") == 1

    assert "RateLimitError); run it again" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        ("3d", None, Range(NOW - 3 * DAY, NOW - HOUR)),
        ("12h", "90m", Range(NOW - 12 * HOUR, NOW - 90 * 60)),
        ("30d", "now", Range(NOW - 30 * DAY, NOW)),
        ("2026-09-20", "2026-09-20T12:00Z", Range(1_789_862_400, 1_789_905_600)),
        ("2026-09-20T02:00+02:00", None, Range(1_789_862_400, NOW - HOUR)),
    ],
)
def test_a_range_is_typed_as_people_say_it(since: str, until: str | None, wanted: Range) -> None:
    assert read_range(since, until, NOW, HOUR) == wanted


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        ("yesterday", None, "SINCE=yesterday is no time"),
        ("3d", "soon", "UNTIL=soon is no time"),
        ("31d", None, "Stripe lists events of the last 30 days only: SINCE=30d is the earliest"),
        ("30m", None, "SINCE is later than UNTIL, which is an hour ago unless you say: UNTIL=now"),
        ("1h", "2h", "SINCE is later than UNTIL"),
        ("1h", "2030-01-01", "UNTIL is in the future"),
    ],
)
def test_a_range_that_cannot_be_looked_at_says_why(since: str, until: str | None, why: str) -> None:
    with pytest.raises(RangeError, match=why):
        read_range(since, until, NOW, HOUR)


def test_it_stays_under_what_stripe_allows_in_test_mode() -> None:
    assert 1 / PAUSE < 25
