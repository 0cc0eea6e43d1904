"""An alarm is evaluated by its own dimensions, and silence counts as the alarm configures."""

import pytest

from infra.local_cloud.cloud import LocalCloud

from .conftest import unique


def alarm(cloud: LocalCloud, missing: str) -> str:
    """A new alarm that goes on at 1 of its metric, and its name, which is its namespace, too."""
    name = unique("Alarm")
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace=name,
        MetricName="Late",
        Dimensions=[{"Name": "queue", "Value": "own"}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData=missing,
    )
    return name


def report(cloud: LocalCloud, name: str, value: float, queue: str = "own") -> None:
    datum = {"MetricName": "Late", "Dimensions": [{"Name": "queue", "Value": queue}], "Value": value}
    cloud.client("cloudwatch").put_metric_data(Namespace=name, MetricData=[datum])


def state(cloud: LocalCloud, name: str) -> str:
    (found,) = cloud.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found["StateValue"])


def test_another_queues_trouble_is_not_its_own(cloud: LocalCloud) -> None:
    name = alarm(cloud, "notBreaching")
    report(cloud, name, 5, queue="another")
    assert state(cloud, name) == "OK"
    report(cloud, name, 5)
    assert state(cloud, name) == "ALARM"


@pytest.mark.parametrize(
    ("missing", "after"),
    [("notBreaching", "OK"), ("breaching", "ALARM"), ("ignore", "ALARM"), ("missing", "INSUFFICIENT_DATA")],
)
def test_silence_is_treated_as_the_alarm_asks_for(cloud: LocalCloud, missing: str, after: str) -> None:
    name = alarm(cloud, missing)
    report(cloud, name, 5)
    assert state(cloud, name) == "ALARM"
    cloud.advance(600)
    assert state(cloud, name) == after


def test_plain_ministack_still_takes_anothers_trouble_for_its_own(plain_ministack: LocalCloud) -> None:
    name = alarm(plain_ministack, "notBreaching")
    report(plain_ministack, name, 5, queue="another")
    assert state(plain_ministack, name) == "ALARM"
