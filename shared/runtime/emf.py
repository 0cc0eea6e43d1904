"""CloudWatch's embedded metric format: one field of a log line tells CloudWatch which others are metrics.

It needs no call to AWS and costs only its bytes in the log:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAMESPACE = "Billhook"
"""The namespace outside a stack. Each stack has its own namespace, because stacks can share one CloudWatch."""


def directive(namespace: str, units: Mapping[str, str], *dimensions: str) -> dict[str, Any]:
    """The directive that makes the fields in `units` metrics of `namespace`, by service and `dimensions`."""
    metrics = [{"Name": name, "Unit": unit} for name, unit in units.items()]
    return {"Namespace": namespace, "Dimensions": [["service", *dimensions]], "Metrics": metrics}


def embedded(at: float, directives: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The field that holds the directives of a log line, at epoch seconds `at`."""
    return {"_aws": {"Timestamp": int(at * 1000), "CloudWatchMetrics": list(directives)}}
