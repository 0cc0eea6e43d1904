"""Ingest's log: one JSON line a request, which CloudWatch also reads as metrics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.ingest.rejection import RejectedError

SERVICE = "ingest"


def print_request(
    fields: Mapping[str, object], rejection: RejectedError | None, *, started: float, ended: float
) -> None:
    """Prints the line of one request.

    The metrics are Received, Accepted and Rejected by service, and Rejected by service and reason, in the embedded
    format (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
    it costs no call. Zeros are sent too, so that an alarm can tell "none rejected" from "no data".

    Args:
        fields: What is known of the event; never a payload, a name, an address or a secret.
        rejection: Why the request was not accepted, or None if it was.
        started: Unix time in seconds.
        ended: Unix time in seconds.
    """
    directives = [_directive(["service"], "Received", "Accepted", "Rejected")]
    outcome: dict[str, object] = {"level": "INFO", "status": 200, "Received": 1, "Accepted": 1, "Rejected": 0}
    if rejection is not None:
        directives.append(_directive(["service", "reason"], "Rejected"))
        outcome = _explain(rejection) | {"Received": 1, "Accepted": 0, "Rejected": 1}
    metrics = {"_aws": {"Timestamp": int(ended * 1000), "CloudWatchMetrics": directives}}
    _print_line(outcome | dict(fields) | {"ms": round((ended - started) * 1000, 1)} | metrics)


def print_warning(rejection: RejectedError) -> None:
    """Prints the line of something that went wrong without deciding the answer."""
    _print_line(_explain(rejection) | {"level": "WARNING"})


def _explain(rejection: RejectedError) -> dict[str, object]:
    level = "ERROR" if rejection.status >= 500 else "WARNING"  # noqa: PLR2004 - HTTP's own boundary
    explained = {"level": level, "status": rejection.status, "reason": rejection.reason, "error": str(rejection)}
    return explained | ({"cause": rejection.cause} if rejection.cause else {})


def _directive(dimensions: list[str], *metrics: str) -> dict[str, Any]:
    listed = [{"Name": name, "Unit": "Count"} for name in metrics]
    return {"Namespace": "Billhook", "Dimensions": [dimensions], "Metrics": listed}


def _print_line(line: dict[str, object]) -> None:
    print(json.dumps({"service": SERVICE} | line))  # noqa: T201 - Lambda's log is its standard output
