"""The certificate of an erasure tells how long copies remain, as template.yaml keeps them."""

from shared.tables.tombstones import REDRIVEN, REMAINS
from shared.values.times import DAY
from tests.support.template import load, of_type

TEMPLATE = load()
QUEUES = of_type(TEMPLATE, "AWS::SQS::Queue")
BACKUPS = 35
"""Days of point-in-time recovery, unless a table sets fewer."""


def kept(queue: str) -> int:
    """How long a queue keeps a message, in seconds."""
    seconds: int = QUEUES[queue]["MessageRetentionPeriod"]
    return seconds


def test_a_dead_letter_of_a_fifo_queue_has_both_clocks() -> None:
    assert QUEUES["EventsQueue"]["FifoQueue"]
    both = kept("EventsQueue") + kept("DeadLetterQueue")
    assert REMAINS["dead_letter_queue"] == both
    assert f"{both // DAY} days more" in REDRIVEN


def test_logs_remain_for_the_longest_time_that_may_be_set() -> None:
    longest = max(TEMPLATE["Parameters"]["LogRetentionDays"]["AllowedValues"])
    groups = of_type(TEMPLATE, "AWS::Logs::LogGroup")
    assert REMAINS["logs"] == longest * DAY
    assert groups
    assert {str(group["RetentionInDays"]) for group in groups.values()} == {
        str(groups["ConsumerLogs"]["RetentionInDays"])
    }


def test_backups_reach_back_as_far_as_point_in_time_recovery_does() -> None:
    tables = of_type(TEMPLATE, "AWS::DynamoDB::Table")
    settings = [table["PointInTimeRecoverySpecification"] for table in tables.values()]
    assert REMAINS["backups"] == max(one.get("RecoveryPeriodInDays", BACKUPS) for one in settings) * DAY
