"""The log of exports: one JSON line a request, which CloudWatch also reads as metrics. It never holds the link."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from shared.runtime.emf import directive, embedded
from shared.runtime.log_line import print_line
from shared.values.export_files import logged_name

if TYPE_CHECKING:
    from functions.exports.refusal import RefusedError
    from shared.runtime.log_line import Level

SERVICE = "exports"
OUR_FAULT = 500  # HTTP statuses from 500 on are Billhook's fault


def print_request(
    key: str | None, refusal: RefusedError | None, namespace: str, *, started: float, ended: float
) -> None:
    """Print the line of one request, which counts as Requested, and also as Failed if the fault is Billhook's.

    Args:
        key: The key of the file that the link names, or None if it names none. The line shows a hash of it.
        refusal: Why there was no redirect, or None if there was.
        namespace: The namespace of the metrics.
        started: When it came, in seconds of any clock.
        ended: When it was answered, in seconds of the same clock.
    """
    level: Level = "INFO"
    outcome: dict[str, object] = {"status": 302, "reason": "found"}
    if refusal is not None:
        level = "ERROR" if refusal.status >= OUR_FAULT else "WARN"
        outcome = {"status": refusal.status, "reason": refusal.reason}
        outcome |= {"cause": refusal.cause} if refusal.cause else {}
    if key is not None:
        outcome |= {"file": logged_name(key)}
    names = ["Requested", "Failed"] if level == "ERROR" else ["Requested"]
    now = time.time()
    metrics = embedded(now, [directive(namespace, dict.fromkeys(names, "Count"))]) | dict.fromkeys(names, 1)
    print_line(SERVICE, level, now, outcome | {"ms": round((ended - started) * 1000, 1)} | metrics)
