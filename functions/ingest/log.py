"""Ingest's log: one JSON line a request, which CloudWatch also reads as metrics."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from shared.runtime.emf import directive, embedded
from shared.runtime.log_line import print_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.ingest.rejection import RejectedError
    from shared.runtime.log_line import Level

SERVICE = "ingest"
SIGNATURE_REASONS = {"missing_signature", "malformed_signature", "wrong_signature", "stale_signature"}
OUR_FAULT = 500  # HTTP statuses from 500 on are Billhook's fault


def print_request(
    fields: Mapping[str, object], rejection: RejectedError | None, namespace: str, *, started: float, ended: float
) -> None:
    """Print the line of one request.

    Every request counts as Received, and as Accepted or Rejected. A rejected one counts by service and again by reason:
    as BadSignature if it is not signed as Stripe signs, and as Failed if the fault is Billhook's. An event for which
    its endpoint does not vouch counts as Unvouched. A repeated request counts again. The account is no dimension:
    CloudWatch bills each value of a dimension as a separate metric.

    Args:
        fields: Books about the event; never a payload, a name, an address or a secret.
        rejection: Why the request was not accepted, or None if it was.
        namespace: The namespace of the metrics.
        started: Unix time in seconds.
        ended: Unix time in seconds.
    """
    outcome: dict[str, object] = {"status": 200} if rejection is None else _explain(rejection)
    names = ["Received", *_names(rejection), *(["Unvouched"] if "unvouched" in fields else [])]
    directives = [directive(namespace, dict.fromkeys(names, "Count"))]
    if rejection is not None:
        directives.append(directive(namespace, {"Rejected": "Count"}, "reason"))
    metrics = embedded(ended, directives) | dict.fromkeys(names, 1)
    line = outcome | dict(fields) | {"ms": round((ended - started) * 1000, 1)} | metrics
    # A line with a metric that an alarm watches is a warning, so that a log level of WARN keeps it.
    level: Level = "WARN" if "unvouched" in fields else "INFO"
    print_line(SERVICE, level if rejection is None else _level(rejection), ended, line)


def print_warning(rejection: RejectedError) -> None:
    """Print the line of a failure that does not decide the answer."""
    print_line(SERVICE, "WARN", time.time(), _explain(rejection))


def _names(rejection: RejectedError | None) -> list[str]:
    if rejection is None:
        return ["Accepted"]
    names = ["Rejected"]
    if rejection.reason in SIGNATURE_REASONS:
        names.append("BadSignature")
    if rejection.status >= OUR_FAULT:
        names.append("Failed")
    return names


def _explain(rejection: RejectedError) -> dict[str, object]:
    explained: dict[str, object] = {
        "status": rejection.status,
        "reason": rejection.reason,
        "error": str(rejection),
    }
    return explained | ({"cause": rejection.cause} if rejection.cause else {})


def _level(rejection: RejectedError) -> Level:
    return "ERROR" if rejection.status >= OUR_FAULT else "WARN"
