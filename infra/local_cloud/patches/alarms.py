"""ministack 1.5.33 ignores an alarm's dimensions and missing data: this patch evaluates it as CloudWatch does.

It counts the breaching periods of the metric with the alarm's own dimensions, and treats missing data as the alarm
says: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html. It evaluates an alarm
whenever alarms are described. The periods end now; CloudWatch aligns them to the clock.
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


def _describe_evaluated(*arguments: object, **options: object) -> Any:  # noqa: ANN401 -- ministack's own
    for alarm in cloudwatch._alarms.values():
        _evaluate(alarm)
    return _describe(*arguments, **options)


def apply() -> None:
    """Replace the evaluation of alarms, and evaluate all of them whenever they are described."""
    cloudwatch._evaluate_alarm = _evaluate
    cloudwatch._describe_alarms = _describe_evaluated
