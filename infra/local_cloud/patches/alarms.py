"""ministack 1.5.33 judges an alarm by all metrics of its name, and never by silence: judge it as CloudWatch does.

By its own dimensions, period by period, so many of so many, and with missing data treated as the alarm asks for:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html. It is judged when it is looked at,
and its periods end now, where CloudWatch's are aligned to the clock.
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

import operator
import time
from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}

_describe = cloudwatch._describe_alarms


def _breaches(alarm: dict[str, Any]) -> list[bool | None]:
    """Whether each of the alarm's periods breaches, the newest first; None where there is no data."""
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
    points = cloudwatch._metrics.get((alarm["Namespace"], alarm["MetricName"], dimensions)) or []
    breaches = _COMPARISONS[alarm["ComparisonOperator"]]
    statistic = alarm.get("ExtendedStatistic") or alarm["Statistic"]
    now, seen = time.time(), list[bool | None]()
    for number in range(alarm["EvaluationPeriods"]):
        end = now - number * alarm["Period"]
        within = [point for point in points if end - alarm["Period"] < point["Timestamp"] <= end]
        value = cloudwatch._stat_value(cloudwatch._calc_stats(within), statistic, within) if within else None
        seen.append(None if value is None else breaches(value, alarm["Threshold"]))
    return seen


def _state(alarm: dict[str, Any]) -> str:
    treatment = alarm.get("TreatMissingData") or "missing"
    seen = _breaches(alarm)
    if treatment in {"breaching", "notBreaching"}:
        seen = [treatment == "breaching" if one is None else one for one in seen]
    known = [one for one in seen if one is not None]
    if not known:
        return str(alarm["StateValue"]) if treatment == "ignore" else "INSUFFICIENT_DATA"
    return "ALARM" if sum(known) >= alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]) else "OK"


def _evaluate(alarm: dict[str, Any]) -> None:
    if not alarm.get("MetricName"):
        return
    before, after = alarm["StateValue"], _state(alarm)
    if before == after:
        return
    reason = f"{alarm['MetricName']} of {alarm['EvaluationPeriods']} periods of {alarm['Period']} s"
    alarm |= {"StateValue": after, "StateReason": reason, "StateUpdatedTimestamp": int(time.time())}
    cloudwatch._record_history(alarm["AlarmName"], before, after, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, after, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _describe_judged(*arguments: object, **options: object) -> Any:  # noqa: ANN401 -- ministack's own
    for alarm in cloudwatch._alarms.values():
        _evaluate(alarm)
    return _describe(*arguments, **options)


def apply() -> None:
    """Replace how alarms are judged, and judge all of them whenever they are described."""
    cloudwatch._evaluate_alarm = _evaluate
    cloudwatch._describe_alarms = _describe_judged
