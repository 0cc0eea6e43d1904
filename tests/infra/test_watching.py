"""What is watched is there: a metric is one that is printed, a field one that a line has, a link one to a heading."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.stub import Stubber
from moto import mock_aws

from functions.consumer.handler import make_handler
from functions.consumer.metrics import SERVICE
from functions.reconcile.hourly import Totals
from functions.reconcile.metrics import count
from shared.decision import Decision
from shared.effects import Publish, Scalar
from shared.errors import Permanent, Retryable
from tests.consumer.faults import Faults
from tests.consumer.tables import make_table
from tests.consumer.world import REGION, World, mail, sqs_record, stripe_event
from tests.exports.support import OBSTACLES, Exports
from tests.ingest.support import PAYMENT_FAILED, Ingest, sign, to_bytes
from tests.support import watching

OURS = "Billhook"
AWS_METRICS = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"),
    ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName"),
    ("AWS/Lambda", "Errors", "FunctionName"),
    ("AWS/Lambda", "Throttles", "FunctionName"),
    ("AWS/Lambda", "ConcurrentExecutions", "FunctionName"),
    ("AWS/ApiGateway", "5xx", "ApiId"),
}
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html,
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html,
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html."""

type Lines = list[dict[str, Any]]


def announcement(name: str, **facts: Scalar) -> Publish:
    return Publish(id=name, name=name, at=1, account="acct_1", record="acct_1#pi_1/payment", version=1, facts=facts)


HAPPENED = (
    announcement("payment.succeeded", amount_received=2900, currency="usd"),
    announcement("organization.access_granted"),
    announcement("organization.plan_changed"),
    announcement("organization.access_revoked"),
)


@pytest.fixture(scope="module")
def consumer_lines() -> Lines:
    """What the consumer logs of an event of each fate."""
    log = io.StringIO()
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        dynamodb, sqs = boto3.client("dynamodb", region_name=REGION), boto3.client("sqs", region_name=REGION)
        tables = make_table(dynamodb, "InboxTable"), make_table(dynamodb, "BooksTable")
        world = World.on(dynamodb, *tables, Faults(dynamodb, lambda _request: None))
        patch.setattr(world.outside, "send_mail", lambda _mail: "refused: MessageRejected")
        logger = Logger(service=SERVICE + "-watched", stream=log, location=None, timestamp=None)

        def handle(event_id: str, message_id: str, **event: object) -> None:
            with Stubber(sqs) as queue:
                queue.add_response("change_message_visibility", {})
                record = sqs_record(stripe_event(event_id, **event), message_id)
                make_handler(world.consumer, sqs, "https://queue.example", logger)({"Records": [record]}, None)

        world.decide = lambda _event, _books: Decision(then=(*HAPPENED, mail()))
        handle("evt_done", "message-1", api_version="2099-01-01.unheard")
        handle("evt_done", "message-2")
        for number, error in enumerate((Retryable("rate_limit"), Permanent("no_handler"))):
            world.decide = _raising(error)
            handle(f"evt_{number}", f"message-{number}")
        world.ignore = "no handler for its type"
        handle("evt_ignored", "message-3")
        sqs.close()
        dynamodb.close()
    return [json.loads(line) for line in log.getvalue().splitlines()]


def _raising(error: Exception) -> Any:  # noqa: ANN401 - never returns
    def decide(*_: object) -> None:
        raise error

    return decide


@pytest.fixture
def ingest_lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What ingest logs of a request of each fate."""
    body, ingest = to_bytes(PAYMENT_FAILED | {"account": "acct_1"}), Ingest()
    ingest.post(body)
    ingest.post(body, sign(body, "whsec_wrong"))
    ingest.queue_accepts = False
    ingest.post(body)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def exports_lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What exports logs of a request of each fate."""
    exports = Exports()
    exports.get()
    exports.refusal = OBSTACLES[503]
    exports.get()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def reconcile_lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What reconcile logs of a run."""
    count(Totals())
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def printed(lines: Lines) -> Iterator[watching.Counted]:
    """The metrics that CloudWatch makes of log lines."""
    for line in lines:
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            for names in directive["Dimensions"]:
                dimensions = tuple(sorted((name, line[name]) for name in names))
                yield from ((directive["Namespace"], one["Name"], dimensions) for one in directive["Metrics"])


def test_every_metric_that_is_watched_is_printed_with_these_dimensions(
    consumer_lines: Lines, ingest_lines: Lines, exports_lines: Lines, reconcile_lines: Lines
) -> None:
    made = {*printed([*consumer_lines, *ingest_lines, *exports_lines, *reconcile_lines])}
    wanted = watching.shown() | {watching.watched(alarm) for alarm in watching.alarms().values()}
    assert {one for one in wanted if one[0] == OURS} <= made
    assert {(name, metric, *(key for key, _ in keys)) for name, metric, keys in wanted if name != OURS} <= AWS_METRICS


def test_every_metric_that_the_consumer_prints_is_on_the_dashboard(consumer_lines: Lines) -> None:
    names = {name for _, name, _ in printed(consumer_lines)}
    drawn = json.dumps(watching.widgets())
    unwatched = {watching.watched(alarm)[1] for alarm in watching.alarms().values()}
    assert {name for name in names - unwatched if f'"{name}"' not in drawn and f'\\"{name}\\"' not in drawn} == set()


def test_the_search_for_payments_names_their_dimensions(consumer_lines: Lines) -> None:
    (keys,) = {tuple(key for key, _ in keys) for _, name, keys in printed(consumer_lines) if name == "PaymentReceived"}
    assert f"{{Billhook,{','.join(keys)}}}" in json.dumps(watching.widgets())


def test_no_account_customer_or_event_is_a_dimension(consumer_lines: Lines, ingest_lines: Lines) -> None:
    used = {key for _, _, keys in (*printed(consumer_lines), *printed(ingest_lines)) for key, _ in keys}
    assert used == {"service", "reason", "currency"}


@pytest.mark.parametrize("name", watching.alarms())
def test_an_alarm_says_what_to_do_first_and_where_to_read_on(name: str) -> None:
    said = watching.description(watching.alarms()[name])
    meaning, first, then = said.split("\n")
    assert meaning.endswith(".")
    assert re.match(r"First: (aws|make) \S+", first)
    assert "billhook" in first or "get-account" in first
    assert then == f"Then: docs/runbook.md#{name}"
    assert name in watching.anchors()
    assert len(said) <= 1024  # CloudWatch's limit


@pytest.mark.parametrize("name", watching.alarms())
def test_an_alarm_tells_its_beginning_and_its_end(name: str) -> None:
    alarm = watching.alarms()[name]
    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]


def test_silence_alarms_only_where_events_are_expected_and_ends_no_alarm_of_dead_letters() -> None:
    treated: dict[str, set[str]] = {}
    for name, alarm in watching.alarms().items():
        treated.setdefault(alarm["TreatMissingData"], set()).add(name)
    assert treated.keys() == {"breaching", "ignore", "notBreaching"}
    assert treated["breaching"] == {"quiet"}
    assert treated["ignore"] == {"dead-letters", "old-dead-letter", "scheduler-dead-letters"}


@pytest.mark.parametrize("name", watching.alarms())
def test_an_alarm_looks_at_no_more_than_cloudwatch_allows(name: str) -> None:
    alarm = watching.alarms()[name]
    periods = 168 if alarm["EvaluationPeriods"] == {"Ref": "QuietHours"} else int(alarm["EvaluationPeriods"])
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    assert alarm["Period"] * periods <= (604_800 if alarm["Period"] >= 3600 else 86_400)
    assert alarm.get("DatapointsToAlarm", 1) <= periods


def test_the_dashboard_has_all_alarms() -> None:
    (widget,) = (widget for widget in watching.widgets() if widget["type"] == "alarm")
    assert {name.removeprefix("alarm-") for name in widget["properties"]["alarms"]} == set(watching.alarms())


def test_no_widget_overlaps_another_and_none_leaves_the_screen() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in watching.widgets():
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not taken & cells, widget["properties"]["title"]
        taken |= cells
    assert max(x for x, _ in taken) < 24
    assert taken == {(x, y) for x in range(24) for y in range(max(y for _, y in taken) + 1)}


LANGUAGE = set(
    "filter fields stats sort limit by as asc desc in and or count count_distinct ispresent latest min max pct".split()
)


def fields_of(query: str) -> set[str]:
    """The fields that a query reads: its words, but for texts, its own names, and the language's."""
    text = re.sub(r"""SOURCE '[^']*'|"[^"]*"|'[^']*'""", "", query)
    own = set(re.findall(r"\bas (\w+)", text))
    return set(re.findall(r"@?\b[a-z_]+\w*\b|@\w+", text)) - own - LANGUAGE


@pytest.mark.parametrize("name", watching.queries())
def test_a_query_reads_only_what_a_line_has(name: str, consumer_lines: Lines, ingest_lines: Lines) -> None:
    known = {field for line in (*consumer_lines, *ingest_lines) for field in line} | {"@timestamp"}
    wanted = fields_of(watching.queries()[name])
    assert wanted
    assert wanted <= known


def policy() -> Mapping[str, Any]:
    return dict(watching.resources("AWS::SNS::TopicPolicy")["AlarmTopicPolicy"]["PolicyDocument"])


def test_only_this_accounts_alarms_may_publish_and_only_by_tls() -> None:
    allowed, denied = policy()["Statement"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert (denied["Effect"], denied["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(#([^)]+)\)", watching.RUNBOOK))))
def test_a_link_within_the_runbook_leads_to_a_heading(link: str) -> None:
    assert link in watching.anchors()


def test_an_alarm_has_an_entry_and_an_entry_an_alarm() -> None:
    entries = re.search(r"^## Alarms\n(.+?)^## ", watching.RUNBOOK, re.MULTILINE | re.DOTALL)
    assert entries
    assert set(re.findall(r"^### (.+)$", entries[1], re.MULTILINE)) == set(watching.alarms())


def test_a_filter_reads_only_what_a_line_has(
    consumer_lines: Lines, ingest_lines: Lines, exports_lines: Lines, reconcile_lines: Lines
) -> None:
    said = "\n".join([watching.RUNBOOK, *(watching.description(alarm) for alarm in watching.alarms().values())])
    known = {name for line in (*consumer_lines, *ingest_lines, *exports_lines, *reconcile_lines) for name in line}
    wanted = set(re.findall(r"\$\.(\w+)", said))
    assert wanted
    assert wanted <= known


def test_a_filter_on_a_state_names_one_that_is_logged(consumer_lines: Lines) -> None:
    asked = set(re.findall(r'\$\.message = \\?"(\w+)', watching.RUNBOOK))
    assert asked
    assert asked <= {line["message"] for line in consumer_lines}
