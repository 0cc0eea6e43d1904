"""A function's metrics are the lines that it prints in CloudWatch's embedded metric format."""

from datetime import UTC, datetime, timedelta

from infra.local_cloud.cloud import LocalCloud

from .conftest import function, stack, unique

PRINTING = """
import json, os, time

def handler(event, context):
    metrics = [{"Name": "Late", "Unit": "Seconds"}]
    block = {"Namespace": os.environ["NAMESPACE"], "Dimensions": [["Kind"]], "Metrics": metrics}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [block]}
    print(json.dumps({"_aws": about, "Kind": "invoice.paid", "Late": 7}))
    print(json.dumps({"_aws": about, "Kind": "invoice.paid", "Late": [1, 2]}))
    print('{"_aws": "something else"}')
"""


def metrics(cloud: LocalCloud) -> list[tuple[str, str, float, float]]:
    """What a function's printing came to: dimension, metric, sum and count."""
    namespace = unique("Billhook")
    made = stack(cloud, {"Function": function(PRINTING, NAMESPACE=namespace)}, {"Name": {"Ref": "Function"}})
    answer = cloud.client("lambda").invoke(FunctionName=made["Name"])
    assert "FunctionError" not in answer
    cloudwatch = cloud.client("cloudwatch")
    seen = []
    for metric in cloudwatch.list_metrics(Namespace=namespace)["Metrics"]:
        statistics = cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=metric["MetricName"],
            Dimensions=metric["Dimensions"],
            StartTime=0,
            EndTime=4_000_000_000,
            Period=2_000_000_000,
            Statistics=["Sum", "SampleCount"],
        )
        [point] = statistics["Datapoints"]
        [dimension] = metric["Dimensions"]
        seen.append((dimension["Value"], metric["MetricName"], point["Sum"], point["SampleCount"]))
    return seen


def test_printed_metrics_become_metrics(cloud: LocalCloud) -> None:
    assert metrics(cloud) == [("invoice.paid", "Late", 10, 3)]


def test_plain_ministack_still_leaves_them_as_text(plain_ministack: LocalCloud) -> None:
    assert metrics(plain_ministack) == []


def keeps_what_is_three_weeks_old(cloud: LocalCloud) -> bool:
    cloudwatch, namespace = cloud.client("cloudwatch"), unique("Billhook")
    then = datetime.now(UTC) - timedelta(weeks=3)
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{"MetricName": "Late", "Value": 7, "Timestamp": then}])
    return bool(cloudwatch.list_metrics(Namespace=namespace)["Metrics"])


def test_an_old_metric_is_kept(cloud: LocalCloud) -> None:
    assert keeps_what_is_three_weeks_old(cloud)


def test_plain_ministack_still_drops_it(plain_ministack: LocalCloud) -> None:
    assert not keeps_what_is_three_weeks_old(plain_ministack)
