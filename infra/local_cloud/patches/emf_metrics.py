"""ministack 1.5.33 ignores EMF log lines: this patch makes CloudWatch metrics of a Lambda function's EMF lines.

It also keeps every point. ministack drops those of two weeks ago at each request, and with them a point that a function
records meanwhile. CloudWatch keeps points for 15 months.
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

import json
import logging
from typing import Any

from ministack.services import cloudwatch, lambda_svc

_logger = logging.getLogger(__name__)
_emit_lambda_logs = lambda_svc._emit_lambda_logs


def _record(line: str) -> None:
    entry = json.loads(line[line.index("{") :])
    for block in entry["_aws"]["CloudWatchMetrics"]:
        for names in block["Dimensions"]:
            dimensions = {name: str(entry[name]) for name in names}
            for metric in block["Metrics"]:
                values = entry[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    cloudwatch.record_metric(
                        block["Namespace"], metric["Name"], value, metric.get("Unit", "None"), dimensions
                    )


def _emit(function: dict[str, Any], request_id: str, log: str, *rest: object, **options: object) -> None:
    for line in (log or "").splitlines():
        if '"_aws"' not in line:
            continue
        try:
            _record(line)
        except (KeyError, TypeError, ValueError):
            _logger.warning("not an EMF line, so no metric, as on AWS: %s", line)
    _emit_lambda_logs(function, request_id, log, *rest, **options)


def _keep_all() -> None:
    """Drop no point."""


def apply() -> None:
    """Read the metrics from a Lambda function's log before it is stored, and keep them."""
    lambda_svc._emit_lambda_logs = _emit
    cloudwatch._evict_old_metrics = _keep_all
