"""The log of exports: one JSON line a request, which CloudWatch also reads as metrics; never which link it was."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from shared.emf import directive, embedded

if TYPE_CHECKING:
    from functions.exports.refusal import RefusedError

SERVICE = "exports"
OUR_FAULT = 500  # the HTTP statuses from here on


def print_request(refusal: RefusedError | None, namespace: str, *, started: float, ended: float) -> None:
    """Prints the line of one request, which counts as Requested, and as Failed too if it was our fault.

    Args:
        refusal: Why there was no redirect, or None if there was.
        namespace: The namespace of the metrics.
        started: When, in seconds of any clock.
        ended: Likewise.
    """
    outcome: dict[str, object] = {"level": "INFO", "status": 302, "reason": "found"}
    if refusal is not None:
        level = "ERROR" if refusal.status >= OUR_FAULT else "WARNING"
        outcome = {"level": level, "status": refusal.status, "reason": refusal.reason}
        outcome |= {"cause": refusal.cause} if refusal.cause else {}
    names = ["Requested", "Failed"] if outcome["level"] == "ERROR" else ["Requested"]
    line = {"service": SERVICE} | outcome | {"ms": round((ended - started) * 1000, 1)} | _metrics(namespace, names)
    print(json.dumps(line, separators=(",", ":")))  # noqa: T201 - Lambda's log is its standard output


def _metrics(namespace: str, names: list[str]) -> dict[str, object]:
    """Each name once, by service."""
    return embedded(time.time(), [directive(namespace, dict.fromkeys(names, "Count"))]) | dict.fromkeys(names, 1)
