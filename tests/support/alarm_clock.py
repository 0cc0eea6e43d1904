"""When CloudWatch raises an alarm for given samples, at any offset of its periods.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

STATISTICS: Mapping[str, Callable[[Iterable[float]], float]] = {"Sum": sum, "Maximum": max}
PHASES = 20
"""At how many offsets within a period the trouble begins, in turn."""

type Sample = tuple[float, float]
"""When, in seconds since the trouble began, and how much."""


def raised_by(alarm: Mapping[str, Any], samples: list[Sample], until: float) -> float | None:
    """The second at which the alarm is raised at the latest; None if some offset of its periods misses the trouble.

    Args:
        alarm: The alarm's properties; an EvaluationPeriods that is a parameter has to be filled in.
        samples: What its metric gets.
        until: The last second of the samples.
    """
    period = int(alarm["Period"])
    found = [_raised_at(alarm, samples, until, period * phase / PHASES) for phase in range(PHASES)]
    return None if None in found else max(second for second in found if second is not None)


def may_raise(alarm: Mapping[str, Any], samples: list[Sample], until: float) -> bool:
    """Whether some offset of the alarm's periods raises it."""
    period = int(alarm["Period"])
    return any(_raised_at(alarm, samples, until, period * phase / PHASES) is not None for phase in range(PHASES))


def _raised_at(alarm: Mapping[str, Any], samples: list[Sample], until: float, offset: float) -> float | None:
    """The end of the period in which it is raised, if the trouble begins `offset` seconds into a period."""
    period, of = int(alarm["Period"]), int(alarm["EvaluationPeriods"])
    wanted = int(alarm.get("DatapointsToAlarm", of))
    breached: list[bool] = []
    for number in range(int((until + offset) // period)):
        begin, end = number * period - offset, (number + 1) * period - offset
        values = [value for at, value in samples if begin <= at < end]
        breached.append(_breaches(alarm, values))
        if sum(breached[-of:]) >= wanted:
            return end
    return None


def _breaches(alarm: Mapping[str, Any], values: list[float]) -> bool:
    if not values:
        return bool(alarm["TreatMissingData"] == "breaching")
    value, threshold = STATISTICS[alarm["Statistic"]](values), float(alarm["Threshold"])
    match alarm["ComparisonOperator"]:
        case "GreaterThanThreshold":
            return value > threshold
        case "GreaterThanOrEqualToThreshold":
            return value >= threshold
        case "LessThanThreshold":
            return value < threshold
    raise ValueError(alarm["ComparisonOperator"])
