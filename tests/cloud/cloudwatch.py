"""Reads CloudWatch: the values of the stack's metrics, and the states of its alarms."""

import time
from datetime import UTC, datetime

from cli.local.stack import NAME, Stack


def metric(stack: Stack, name: str, statistic: str = "Sum", **dimensions: str) -> float:
    """A metric's value over all time; 0 if it has none."""
    cloudwatch = stack.cloud.client("cloudwatch")
    found = cloudwatch.get_metric_statistics(
        Namespace=f"Billhook/{NAME}",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=datetime(2020, 1, 1, tzinfo=UTC),
        EndTime=datetime(2060, 1, 1, tzinfo=UTC),
        Period=2_000_000_000,
        Statistics=[statistic],
    )["Datapoints"]
    return float(sum(point[statistic] for point in found))


def eventually(stack: Stack, name: str, value: float, **dimensions: str) -> bool:
    """Whether the metric reaches the value, and is not above it."""
    deadline = time.monotonic() + 60
    while (found := metric(stack, name, **dimensions)) < value and time.monotonic() < deadline:
        time.sleep(0.05)
    return found == value


def at_least(stack: Stack, name: str, value: float, **dimensions: str) -> bool:
    """Whether the metric reaches the value, or exceeds it."""
    return eventually(stack, name, value, **dimensions) or metric(stack, name, **dimensions) > value


def state(stack: Stack, alarm: str) -> str:
    (found,) = stack.cloud.client("cloudwatch").describe_alarms(AlarmNames=[f"{NAME}-{alarm}"])["MetricAlarms"]
    return str(found["StateValue"])
