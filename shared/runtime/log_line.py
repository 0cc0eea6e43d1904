"""A log line as Lambda reads it: JSON with a level and a time of which Lambda knows both.

Lambda takes a line without a valid level or timestamp for INFO, and drops it where a stricter level is set:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

type Level = Literal["INFO", "WARN", "ERROR"]
"""Three of Lambda's levels. WARNING, as Python calls the second, is none of them."""


def print_line(service: str, level: Level, at: float, fields: Mapping[str, object]) -> None:
    """Prints one line at epoch seconds `at`; Lambda's log is its standard output."""
    said = {"level": level, "timestamp": _rfc_3339(at), "service": service, **fields}
    print(json.dumps(said, separators=(",", ":")))  # noqa: T201 - see above


def _rfc_3339(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03}Z"
