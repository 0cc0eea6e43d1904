"""The log of exports: one JSON line a request, which never says which link it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.exports.refusal import RefusedError

SERVICE = "exports"


def print_request(refusal: RefusedError | None, *, started: float, ended: float) -> None:
    """Prints the line of one request.

    Args:
        refusal: Why there was no redirect, or None if there was.
        started: When, in seconds of any clock.
        ended: Likewise.
    """
    outcome: dict[str, object] = {"level": "INFO", "status": 302, "reason": "found"}
    if refusal is not None:
        level = "ERROR" if refusal.status >= 500 else "WARNING"  # noqa: PLR2004 - HTTP's own boundary
        outcome = {"level": level, "status": refusal.status, "reason": refusal.reason}
        outcome |= {"cause": refusal.cause} if refusal.cause else {}
    line = {"service": SERVICE} | outcome | {"ms": round((ended - started) * 1000, 1)}
    print(json.dumps(line))  # noqa: T201 - Lambda's log is its standard output
