"""Lambda reads a level in every line, and the level that template.yaml sets leaves each alarm its metric."""

import re
from typing import Any

import pytest

from tests.infra.watching.conftest import NAMESPACE, Lines
from tests.infra.watching.test_metrics import printed
from tests.support import watching
from tests.support.template import load, of_type

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
"""https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html."""

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def is_read(line: dict[str, Any]) -> bool:
    """Whether Lambda takes a line's level and time from it; else the line counts as INFO."""
    return str(line.get("level")).upper() in LEVELS and bool(RFC_3339.fullmatch(str(line.get("timestamp"))))


def kept(lines: Lines, level: str) -> Lines:
    """The lines that a function with this ApplicationLogLevel sends to CloudWatch."""
    at_least = LEVELS.index(level)
    return [line for line in lines if LEVELS.index(line["level"].upper() if is_read(line) else "INFO") >= at_least]


@pytest.fixture
def lines(
    consumer_lines: Lines, effects_lines: Lines, ingest_lines: Lines, answer_lines: Lines, reconcile_lines: Lines
) -> Lines:
    return [*consumer_lines, *effects_lines, *ingest_lines, *answer_lines, *reconcile_lines]


def test_lambda_can_read_the_level_and_the_time_of_every_line(lines: Lines) -> None:
    assert lines
    assert [line for line in lines if not is_read(line)] == []


def test_no_function_is_set_to_drop_a_line() -> None:
    for function in of_type(load(), "AWS::Serverless::Function").values():
        assert LEVELS.index(function["LoggingConfig"].get("ApplicationLogLevel", "INFO")) <= LEVELS.index("INFO")


@pytest.mark.parametrize(
    ("level", "blind"),
    [
        ("DEBUG", set()),
        ("INFO", set()),
        ("WARN", {"quiet"}),  # which would then sound all the time: docs/runbook.md, "Log levels"
        (
            "ERROR",
            {
                "quiet",
                "bad-signatures",
                "wrong-secret",
                "unvouched",
                "mail-refused",
                "erasures-deferred",
                "unknown-api-version",
                "reconcile-missing",
                "handed-over",
                "old-effects-dead-letter",
                "old-mails-dead-letter",
                "deployment-fault",
                "effects-deployment-fault",
                "owed-mails",
            },
        ),
    ],
)
def test_a_log_level_leaves_these_alarms_without_their_metric(lines: Lines, level: str, blind: set[str]) -> None:
    # The line of an event for which no endpoint vouches is a warning. It also counts the event as accepted.
    usual = [line for line in lines if "unvouched" not in line]
    there = set(printed(kept(usual, level)))
    there |= {metric for metric in printed(kept(lines, level)) if metric[1] == "Unvouched"}
    read = {name: watching.watched(alarm) for name, alarm in watching.alarms().items()}
    assert {name for name, metric in read.items() if metric[0] == NAMESPACE and metric not in there} == blind
