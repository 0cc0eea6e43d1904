"""A log line in Lambda's format: JSON with a level and a timestamp that Lambda understands.

A line without a valid level or timestamp counts as INFO. Lambda drops it if a stricter level is set:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

type Level = Literal["INFO", "WARN", "ERROR"]
"""Three of Lambda's levels. Python's WARNING is not a level of Lambda's."""


def print_line(service: str, level: Level, at: float, fields: Mapping[str, object]) -> None:
    """Print one line with the time `at`, in epoch seconds; Lambda logs the standard output."""
    said = {"level": level, "timestamp": _rfc_3339(at), "service": service, **fields}
    print(json.dumps(said, separators=(",", ":")))  # noqa: T201 - see above


def _rfc_3339(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03}Z"
