"""The log of access: one JSON line a request, which CloudWatch also reads as metrics. It names the app, no customer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from shared.runtime.emf import directive, embedded
from shared.runtime.log_line import print_line

if TYPE_CHECKING:
    from functions.access.problem import ProblemError
    from shared.runtime.log_line import Level

SERVICE = "access"
OUR_FAULT = 500
"""HTTP statuses from 500 on are Billhook's fault."""


def print_request(  # noqa: PLR0913 - the fields of a line
    status: int,
    problem: ProblemError | None,
    namespace: str,
    *,
    holder: str | None,
    started: float,
    ended: float,
    pending: bool = False,
) -> None:
    """Print the line of one request.

    It counts as Asked, also as Refused if the app is wrong, and as Failed if the fault is Billhook's. If the outcome of
    a Checkout session is not known yet, it counts as Pending.

    Args:
        status: The status of the answer.
        problem: What was wrong, or None.
        namespace: The namespace of the metrics.
        holder: The app whose token the request carried; None if it carried none.
        started: When it came, in seconds of any clock.
        ended: When it was answered, in seconds of the same clock.
        pending: Whether no event has told the outcome of the Checkout session yet.
    """
    level: Level = "INFO"
    names = ["Asked"]
    outcome: dict[str, object] = {"status": status, "app": holder, "reason": "answered"}
    if problem is not None:
        level = "ERROR" if status >= OUR_FAULT else "WARN"
        names.append("Failed" if status >= OUR_FAULT else "Refused")
        outcome |= {"reason": problem.reason, "cause": problem.cause}
    if pending:
        names.append("Pending")
    now = time.time()
    metrics = embedded(now, [directive(namespace, dict.fromkeys(names, "Count"))]) | dict.fromkeys(names, 1)
    known = {name: value for name, value in outcome.items() if value is not None}
    print_line(SERVICE, level, now, known | {"ms": round((ended - started) * 1000, 1)} | metrics)
