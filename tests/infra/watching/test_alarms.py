"""An alarm says what to do, reports its beginning and end, and stays within CloudWatch's limits."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support import watching


@pytest.mark.parametrize("name", watching.alarms())
def test_an_alarm_says_what_to_do_first_and_where_to_read_on(name: str) -> None:
    said = watching.description(watching.alarms()[name])
    meaning, first, then = said.split("\n")
    assert meaning.endswith(".")
    assert re.match(r"First: (aws|\./billhook) \S+", first)
    assert "billhook" in first or "get-account" in first
    assert then == f"Then: docs/runbook.md#{name}"
    assert name in watching.anchors()
    assert len(said) <= 1024  # CloudWatch's limit


@pytest.mark.parametrize("name", watching.alarms())
def test_an_alarm_tells_its_beginning_and_its_end(name: str) -> None:
    alarm = watching.alarms()[name]
    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]


def test_silence_alarms_only_if_events_are_expected_and_ends_no_dead_letter_alarm() -> None:
    treated: dict[str, set[str]] = {}
    for name, alarm in watching.alarms().items():
        treated.setdefault(alarm["TreatMissingData"], set()).add(name)
    assert treated.keys() == {"breaching", "ignore", "notBreaching"}
    assert treated["breaching"] == {"quiet"}
    assert treated["ignore"] == {
        "dead-letters",
        "old-dead-letter",
        "scheduler-dead-letters",
        "effects-dead-letters",
        "mails-dead-letters",
    }


@pytest.mark.parametrize("name", watching.alarms())
def test_an_alarm_looks_at_no_more_than_cloudwatch_allows(name: str) -> None:
    alarm = watching.alarms()[name]
    periods = 168 if alarm["EvaluationPeriods"] == {"Ref": "QuietHours"} else int(alarm["EvaluationPeriods"])
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    assert alarm["Period"] * periods <= (604_800 if alarm["Period"] >= 3600 else 86_400)
    assert alarm.get("DatapointsToAlarm", 1) <= periods


def policy() -> Mapping[str, Any]:
    return dict(watching.resources("AWS::SNS::TopicPolicy")["AlarmTopicPolicy"]["PolicyDocument"])


def test_only_this_accounts_alarms_may_publish_and_only_by_tls() -> None:
    allowed, denied = policy()["Statement"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert (denied["Effect"], denied["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
