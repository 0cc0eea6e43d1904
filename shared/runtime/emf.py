"""CloudWatch's embedded metric format: the part of a log line by which its other fields are read as metrics.

It costs no call, but its bytes:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAMESPACE = "Billhook"
"""Where metrics go outside a stack. Each stack has a namespace of its own, as two stacks can share one CloudWatch."""


def directive(namespace: str, units: Mapping[str, str], *dimensions: str) -> dict[str, Any]:
    """Says that the fields named in `units` are metrics of `namespace`, by `dimensions` and by service."""
    metrics = [{"Name": name, "Unit": unit} for name, unit in units.items()]
    return {"Namespace": namespace, "Dimensions": [["service", *dimensions]], "Metrics": metrics}


def embedded(at: float, directives: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The field of a line that makes it count, at epoch seconds `at`."""
    return {"_aws": {"Timestamp": int(at * 1000), "CloudWatchMetrics": list(directives)}}
