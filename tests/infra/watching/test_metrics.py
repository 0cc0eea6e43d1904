"""Each watched metric is printed with the same dimensions, and each printed metric is watched."""

from collections.abc import Iterator

from tests.infra.watching.conftest import Lines
from tests.support import watching

OURS = watching.filled("Billhook/${AWS::StackName}")

AWS_METRICS = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"),
    ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName"),
    ("AWS/Lambda", "Errors", "FunctionName"),
    ("AWS/Lambda", "Throttles", "FunctionName"),
    ("AWS/Lambda", "Duration", "FunctionName"),
    ("AWS/Lambda", "ConcurrentExecutions", "FunctionName"),
    ("AWS/Lambda", "ClaimedAccountConcurrency"),
    ("AWS/ApiGateway", "5xx", "ApiId"),
}
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html,
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html,
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html."""


def printed(lines: Lines) -> Iterator[watching.Counted]:
    """The metrics that CloudWatch makes of log lines."""
    for line in lines:
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            for names in directive["Dimensions"]:
                dimensions = tuple(sorted((name, line[name]) for name in names))
                yield from ((directive["Namespace"], one["Name"], dimensions) for one in directive["Metrics"])


def test_every_metric_that_is_watched_is_printed_with_these_dimensions(
    consumer_lines: Lines, effects_lines: Lines, ingest_lines: Lines, answer_lines: Lines, reconcile_lines: Lines
) -> None:
    made = {*printed([*consumer_lines, *effects_lines, *ingest_lines, *answer_lines, *reconcile_lines])}
    wanted = watching.shown() | {watching.watched(alarm) for alarm in watching.alarms().values()}
    assert {one for one in wanted if one[0] == OURS} <= made
    assert {(name, metric, *(key for key, _ in keys)) for name, metric, keys in wanted if name != OURS} <= AWS_METRICS


def test_every_metric_that_consumer_and_worker_print_is_on_the_dashboard(
    consumer_lines: Lines, effects_lines: Lines
) -> None:
    made = {*printed([*consumer_lines, *effects_lines])}
    watched = {watching.watched(alarm) for alarm in watching.alarms().values()}
    searched = watching.searched()
    assert {one for one in made - watching.shown() - watched if f'"{one[1]}"' not in searched} == set()


def test_the_search_for_payments_names_their_dimensions(consumer_lines: Lines) -> None:
    (keys,) = {tuple(key for key, _ in keys) for _, name, keys in printed(consumer_lines) if name == "PaymentReceived"}
    assert f'{{"{OURS}",{",".join(keys)}}}' in watching.searched()


def test_no_account_customer_or_event_is_a_dimension(
    consumer_lines: Lines, effects_lines: Lines, ingest_lines: Lines
) -> None:
    used = {key for _, _, keys in printed([*consumer_lines, *effects_lines, *ingest_lines]) for key, _ in keys}
    assert used == {"service", "reason", "currency"}


def test_the_metrics_of_two_stacks_in_one_account_are_two() -> None:
    """Or the zeros of a test stack would end an alarm of the live one."""
    given = watching.TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]["METRICS_NAMESPACE"]
    own = [one["Namespace"] for one in watching.alarms().values() if not str(one["Namespace"]).startswith("AWS/")]
    assert given == {"Fn::Sub": "Billhook/${AWS::StackName}"}
    assert own
    assert all(namespace == given for namespace in own)
