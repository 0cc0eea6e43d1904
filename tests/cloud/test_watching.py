"""On the deployed stack: traffic becomes metrics of the right values, metrics become alarms that end, queries run.

The emulator has no metrics of SQS's own. Where an alarm reads those, CloudWatch is told here what SQS would report.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cli.local.stack import NAME, Stack, deploy, deployed
from cli.samples import samples
from shared.inbox.outbox import lanes_of, load
from tests.cloud.cloudwatch import eventually, metric, state
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.support import watching

pytestmark = pytest.mark.cloud

HOUR = 3600


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack of this file's own: its metrics are counted, and its hours pass."""
    with deployed(
        BUILT, ARCHITECTURE, SECRET, MailConnectedCustomers="true", AlarmAddress="oncall@example.com"
    ) as made:
        yield made


def reported(stack: Stack, queue: str, name: str, value: float) -> None:
    """Tell CloudWatch what SQS would."""
    stack.cloud.client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[{"MetricName": name, "Dimensions": [{"Name": "QueueName", "Value": queue}], "Value": value}],
    )


def send(stack: Stack, name: str, account: str, **changes: object) -> dict[str, Any]:
    event = samples.fresh(name, stack.now(), account=account) | changes
    assert stack.send(event).status == 200
    return event


def until_refused(stack: Stack, times: int) -> None:
    event = samples.fresh("invoice.paid", stack.now())
    for _ in range(times):
        assert stack.send(event, secret="whsec_nobody_has").status == 400


def test_every_fate_of_an_event_is_counted_once(stack: Stack, account: str) -> None:
    paid = send(stack, "invoice.paid", account)
    stack.settled(paid["id"])
    for name in ("payment_intent.succeeded", "customer.subscription.created", "customer.subscription.deleted"):
        stack.settled(send(stack, name, account)["id"])
    unknown = send(stack, "invoice.payment_succeeded", account, api_version="2099-01-01.unheard")
    stack.settled(unknown["id"])
    stack.settled(send(stack, "payout.created", account, type="price.created")["id"])
    stack.send(paid)  # SQS drops a repetition within five minutes: this one comes later
    stack.cloud.advance(6 * 60)
    stack.send(paid)
    poison = samples.fresh("invoice.payment_failed", stack.now(), account=account)
    poison["data"]["object"]["amount_remaining"] = "a fortune"
    stack.send(poison)
    stack.settled(poison["id"])
    until_refused(stack, 1)

    assert eventually(stack, "Dead", 1, service="consumer")
    assert eventually(stack, "Duplicate", 1, service="consumer")
    assert metric(stack, "Done", service="consumer") == 5
    assert metric(stack, "Ignored", service="consumer") == 1
    assert metric(stack, "Lag", "SampleCount", service="consumer") == 5
    assert 0 <= metric(stack, "Lag", "Maximum", service="consumer") < 60_000
    assert metric(stack, "UnknownApiVersion", service="consumer") == 1
    assert metric(stack, "SubscriptionsStarted", service="consumer") == 1
    assert metric(stack, "SubscriptionsEnded", service="consumer") == 1
    assert metric(stack, "PaymentReceived", service="consumer", currency="usd") > 0
    assert eventually(stack, "Sent", len(stack.mails()), service="effects")
    assert metric(stack, "Dead", service="effects") == 0
    assert 0 <= metric(stack, "OwedEffectsSeconds", "Maximum", service="effects") < 60
    accepted = metric(stack, "Accepted", service="ingest")
    assert accepted == 9
    assert metric(stack, "Received", service="ingest") == accepted + 1
    assert metric(stack, "Rejected", service="ingest", reason="wrong_signature") == 1


def test_an_event_is_one_line_in_the_log_of_each_function(stack: Stack, account: str) -> None:
    event = send(stack, "invoice.paid", account)
    item = stack.settled(event["id"])
    lanes = len(lanes_of(load(item["outbox"])))
    assert lanes > 0
    deadline, wanted = time.monotonic() + 10, {"ingest": 1, "consumer": 1, "effects": lanes}
    while (found := lines_about(stack, event["id"])) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    assert found == wanted


def lines_about(stack: Stack, event_id: str) -> dict[str, int]:
    """How many lines of each function's log are about an event."""
    logs = stack.cloud.client("logs").get_paginator("filter_log_events")
    return {
        function: sum(
            event_id in line["message"]
            for page in logs.paginate(logGroupName=f"/billhook/{NAME}/{function}")
            for line in page["events"]
        )
        for function in ("ingest", "consumer", "effects")
    }


def test_rejected_signatures_alarm_and_stop_alarming(stack: Stack) -> None:
    assert (state(stack, "bad-signatures"), state(stack, "wrong-secret")) == ("OK", "OK")
    until_refused(stack, 20)
    assert (state(stack, "bad-signatures"), state(stack, "wrong-secret")) == ("ALARM", "ALARM")
    stack.cloud.advance(2 * HOUR)
    assert (state(stack, "bad-signatures"), state(stack, "wrong-secret")) == ("OK", "OK")


def test_a_refused_mail_alarms_and_stops_alarming(stack: Stack, account: str) -> None:
    ses = stack.cloud.client("sesv2")
    ses.delete_email_identity(EmailIdentity="billing@example.com")
    assert state(stack, "mail-refused") == "OK"
    stack.settled(send(stack, "invoice.payment_failed", account)["id"])
    assert eventually(stack, "MailRefused", 1, service="effects")
    assert state(stack, "mail-refused") == "ALARM"
    stack.cloud.advance(HOUR)
    assert state(stack, "mail-refused") == "OK"
    ses.create_email_identity(EmailIdentity="billing@example.com")


def test_an_unknown_api_version_alarms(stack: Stack, account: str) -> None:
    stack.cloud.advance(2 * HOUR)
    assert state(stack, "unknown-api-version") == "OK"
    stack.settled(send(stack, "invoice.paid", account, api_version="2099-01-01.unheard")["id"])
    assert eventually(stack, "UnknownApiVersion", 2, service="consumer")
    assert state(stack, "unknown-api-version") == "ALARM"


def test_silence_alarms_and_an_event_ends_it(stack: Stack, account: str) -> None:
    stack.settled(send(stack, "invoice.paid", account)["id"])
    assert state(stack, "quiet") == "OK"
    stack.cloud.advance(25 * HOUR)
    assert state(stack, "quiet") == "ALARM"
    stack.settled(send(stack, "invoice.paid", account)["id"])
    assert state(stack, "quiet") == "OK"


@pytest.mark.parametrize(
    ("alarm", "queue", "name", "too_much"),
    [
        ("dead-letters", "dlq.fifo", "ApproximateNumberOfMessagesVisible", 1),
        ("effects-dead-letters", "effects-dlq", "ApproximateNumberOfMessagesVisible", 1),
        ("mails-dead-letters", "mails-dlq", "ApproximateNumberOfMessagesVisible", 1),
        ("scheduler-dead-letters", "scheduler-dlq", "ApproximateNumberOfMessagesVisible", 1),
        ("old-dead-letter", "dlq.fifo", "ApproximateAgeOfOldestMessage", 10 * 24 * HOUR + 1),
        ("backlog", "events.fifo", "ApproximateNumberOfMessagesVisible", 80_000),
    ],
)
def test_what_sqs_reports_alarms_for_its_own_queue_only(
    stack: Stack, alarm: str, queue: str, name: str, too_much: float
) -> None:
    reported(stack, "another-queue", name, too_much)
    reported(stack, f"{NAME}-{queue}", name, 0)
    assert state(stack, alarm) == "OK"
    reported(stack, f"{NAME}-{queue}", name, too_much)
    assert state(stack, alarm) == "ALARM"
    stack.cloud.advance(10 * 60)
    reported(stack, f"{NAME}-{queue}", name, 0)
    assert state(stack, alarm) == "OK"


def test_a_dead_letter_that_nobody_touches_overnight_does_not_end_its_own_alarm(stack: Stack) -> None:
    reported(stack, f"{NAME}-dlq.fifo", "ApproximateNumberOfMessagesVisible", 1)
    assert state(stack, "dead-letters") == "ALARM"
    stack.cloud.advance(12 * HOUR)  # SQS reports on a queue for six
    assert state(stack, "dead-letters") == "ALARM"


@pytest.mark.parametrize("name", [name for name in watching.queries() if name.startswith("billhook/")])
def test_a_saved_query_runs_and_finds_something(stack: Stack, name: str) -> None:
    logs = stack.cloud.client("logs")
    (saved,) = logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    event = next(item for item in stack.all_inbox() if item["state"] == "done")
    query = (
        saved["queryString"].replace("evt_PUT_ITS_ID_HERE", event["id"]).replace("acct_OR_platform", event["account"])
    )
    now = stack.cloud.now()
    started = logs.start_query(
        logGroupNames=saved["logGroupNames"],
        startTime=int((now - timedelta(days=30)).timestamp()),
        endTime=int((now + timedelta(hours=1)).timestamp()),
        queryString=query,
    )
    deadline = time.monotonic() + 10
    while (answer := logs.get_query_results(queryId=started["queryId"]))["status"] in {"Running", "Scheduled"}:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert answer["status"] == "Complete"
    assert answer["results"]


def test_alarms_and_tracing_follow_the_parameters(stack: Stack) -> None:
    deploy(stack.cloud, BUILT, ARCHITECTURE, SECRET, QuietHours="0", Tracing="Active")

    names = [alarm["AlarmName"] for alarm in stack.cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]]
    assert f"{NAME}-quiet" not in names
    assert f"{NAME}-dead-letters" in names
    for function in stack.cloud.client("lambda").list_functions()["Functions"]:
        assert function["TracingConfig"] == {"Mode": "Active"}


def test_alarms_are_told_to_the_address_that_was_given(stack: Stack) -> None:
    subscriptions = stack.cloud.client("sns").list_subscriptions_by_topic(TopicArn=stack.outputs["AlarmTopicArn"])
    assert [one["Endpoint"] for one in subscriptions["Subscriptions"]] == ["oncall@example.com"]
