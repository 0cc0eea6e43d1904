"""The smallest failure that an alarm watches for raises it in time, wherever its periods begin."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from functions.effects.metrics import LATE as TOO_LATE
from functions.reconcile.metrics import OLD
from shared.failures.backoff import ATTEMPTS, SERVICE
from tests.support import watching
from tests.support.alarm_clock import Sample, may_raise, raised_by
from tests.support.template import of_type, words

MINUTE, HOUR = 60, 3600
DAY = 24 * HOUR

QUEUES = of_type(watching.TEMPLATE, "AWS::SQS::Queue")
FUNCTIONS = of_type(watching.TEMPLATE, "AWS::Serverless::Function")
EVENTS = QUEUES["EventsQueue"]
AGAIN = EVENTS["VisibilityTimeout"]
"""Seconds after which what a function did not finish, or was not let run for, is handed out again."""
RECEIVES = EVENTS["RedrivePolicy"]["maxReceiveCount"]
KEPT = QUEUES["DeadLetterQueue"]["MessageRetentionPeriod"]
EFFECTS, MAILS = QUEUES["EffectsQueue"], QUEUES["MailsQueue"]


@dataclass(frozen=True)
class Trouble:
    """The samples of an alarm's metric, and the second at which an engineer must know."""

    samples: list[Sample]
    with_links: float


def every(seconds: float, until: float, value: float = 1) -> list[Sample]:
    return [(at, value) for at in _times(seconds, until)]


def age(until: float) -> list[Sample]:
    """The age of a message that has just come, reported every minute."""
    return [(at, at) for at in _times(MINUTE, until)]


def aged_by_the_hour(until: float) -> list[Sample]:
    """The age of a dead letter, told once an hour, a few minutes early or late."""
    return [(at + (at // HOUR % 2) * LATE, at) for at in _times(HOUR, until)]


def _times(seconds: float, until: float) -> Iterable[float]:
    return [seconds * number for number in range(int(until // seconds) + 1)]


A_SERVICE_FAILS = sum(SERVICE) / 2  # for as long as one event is retried, in the mean
AN_EVENT_KILLS = every(AGAIN, AGAIN * ATTEMPTS)  # one account's head, the first death and one for each attempt
NOBODY_RUNS = every(AGAIN, AGAIN * (RECEIVES - 1))  # one account's head, until SQS dead-letters it
AN_EFFECT_KILLS = every(EFFECTS["VisibilityTimeout"], HOUR)
NO_WORKER_RUNS = every(EFFECTS["VisibilityTimeout"], 2 * HOUR)
LATE = 4 * MINUTE
FASTEST = 300  # messages a second that one group takes

TROUBLES = {
    "dead-letters": Trouble(every(MINUTE, HOUR), 5 * MINUTE),
    "old-dead-letter": Trouble([(at, at) for at in _times(HOUR, KEPT)], KEPT - 3 * DAY),
    "oldest-event": Trouble(age(A_SERVICE_FAILS), 20 * MINUTE),
    "backlog": Trouble([(at, FASTEST * at) for at in _times(MINUTE, HOUR)], 120_000 / FASTEST),
    "scheduler-dead-letters": Trouble(every(MINUTE, HOUR), 5 * MINUTE),
    "consumer-errors": Trouble(AN_EVENT_KILLS, AGAIN * ATTEMPTS),
    "consumer-throttles": Trouble(NOBODY_RUNS, AGAIN * RECEIVES - HOUR),
    "deployment-fault": Trouble(every(MINUTE, HOUR), 5 * MINUTE),
    "effects-dead-letters": Trouble(every(MINUTE, HOUR), 5 * MINUTE),
    "mails-dead-letters": Trouble(every(MINUTE, HOUR), 5 * MINUTE),
    # Reconcile tells it each hour, a few minutes early or late.
    "old-effects-dead-letter": Trouble(aged_by_the_hour(KEPT), KEPT - 3 * DAY),
    "old-mails-dead-letter": Trouble(aged_by_the_hour(KEPT), KEPT - 3 * DAY),
    # One effect's tries, if the last one before the quarter of an hour comes a second too early for it.
    "owed-effects": Trouble([(at, at) for at in (0, 60, 300, 899, 899 + SERVICE[3])], 80 * MINUTE),
    "owed-mails": Trouble([(at, at) for at in _times(HOUR, DAY)], 7.5 * HOUR),
    "erasures-deferred": Trouble([(0, 1)], 10 * MINUTE),
    "handed-over": Trouble([(0, 1)], HOUR),
    "effects-errors": Trouble(AN_EFFECT_KILLS, HOUR),
    "effects-throttles": Trouble(NO_WORKER_RUNS, HOUR),
    "effects-deployment-fault": Trouble(every(MINUTE, HOUR), 5 * MINUTE),
    "api-errors": Trouble(every(MINUTE, HOUR), 10 * MINUTE),
    "ingest-failed": Trouble(every(20 * MINUTE, HOUR), HOUR),  # a small business
    "ingest-errors": Trouble(every(2 * MINUTE, HOUR), 10 * MINUTE),
    "bad-signatures": Trouble(every(10, HOUR), 10 * MINUTE),
    "wrong-secret": Trouble(every(20 * MINUTE, 6 * HOUR), 2 * HOUR),
    "untrusted": Trouble([(0, 1)], 10 * MINUTE),
    "unvouched": Trouble([(0, 1)], HOUR),
    "quiet": Trouble([], 25 * HOUR),
    "mail-refused": Trouble([(0, 1)], 10 * MINUTE),
    "exports-failed": Trouble(every(5 * MINUTE, HOUR), 30 * MINUTE),
    "access-failed": Trouble(every(MINUTE, HOUR), 10 * MINUTE),
    "unknown-api-version": Trouble([(0, 1)], HOUR),
    "reconcile-missing": Trouble([(0, 1)], HOUR),
    # A run dies early or late within its ten minutes.
    "reconcile-errors": Trouble([(0, 1), (HOUR + LATE, 1), (2 * HOUR, 1), (3 * HOUR + LATE, 1)], 3 * HOUR + LATE),
}

PASSING: dict[str, list[Sample]] = {
    "effects-errors": [(0.0, 1.0), (AGAIN, 1.0)],
    "effects-throttles": every(10, 4 * MINUTE),
    "owed-effects": [(at, at) for at in (0, 60, 300, 900)],  # a service that is away for a quarter of an hour
    "owed-mails": [(at, at) for at in _times(HOUR, 6 * HOUR)],
    "old-effects-dead-letter": aged_by_the_hour(OLD),
    "consumer-errors": [(0.0, 1.0), (AGAIN, 1.0)],  # a time-out, and once more
    "consumer-throttles": every(10, 4 * MINUTE),  # a burst
    "oldest-event": age(15 * MINUTE),
    "api-errors": [(0.0, 1.0)],
    "ingest-failed": [(0.0, 1.0)],
    "ingest-errors": [(0.0, 1.0)],
    "bad-signatures": every(5 * MINUTE, DAY),
    "reconcile-errors": [(0.0, 1.0)],
    "quiet": every(HOUR, DAY),
}
"""What nobody needs to be told of."""


def filled(name: str) -> dict[str, Any]:
    alarm = watching.alarms()[name]
    quiet = alarm["EvaluationPeriods"] == {"Ref": "QuietHours"}
    return alarm | ({"EvaluationPeriods": int(watching.NAMES["QuietHours"])} if quiet else {})


def test_every_alarm_has_its_trouble() -> None:
    assert set(TROUBLES) >= set(watching.alarms())


@pytest.mark.parametrize("name", watching.alarms())
def test_an_alarm_is_raised_in_time_by_the_smallest_trouble_it_is_there_for(name: str) -> None:
    trouble = TROUBLES[name]
    known = raised_by(filled(name), trouble.samples, trouble.with_links + 2 * DAY)
    assert known is not None, "some periods miss it"
    assert known <= trouble.with_links


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_by_itself_raises_no_alarm(name: str) -> None:
    assert not may_raise(filled(name), PASSING[name], DAY)


def test_whoever_takes_from_a_queue_is_watched_for_errors_and_throttles() -> None:
    takes = {name for name, one in FUNCTIONS.items() if any(e["Type"] == "SQS" for e in one.get("Events", {}).values())}
    for metric in ("Errors", "Throttles"):
        watched = {words(a["Dimensions"][0]["Value"]) for a in watching.alarms().values() if a["MetricName"] == metric}
        assert takes <= watched


def test_no_alarm_reads_an_age_that_leaves_out_what_was_received_three_times() -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html."""
    aged = {
        words(alarm["Dimensions"][0]["Value"])
        for alarm in watching.alarms().values()
        if alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
    }
    assert aged
    assert [name for name in aged if not QUEUES[name].get("FifoQueue")] == []


@pytest.mark.parametrize(("name", "above"), [("owed-effects", TOO_LATE["effects"]), ("owed-mails", TOO_LATE["mails"])])
def test_a_line_warns_of_what_an_alarm_calls_late(name: str, above: int) -> None:
    assert filled(name)["Threshold"] == above
    assert {filled(f"old-{lane}-dead-letter")["Threshold"] for lane in TOO_LATE} == {OLD}


@pytest.mark.parametrize("name", ["owed-effects", "owed-mails"])
def test_an_alarm_about_what_is_retried_lasts_until_the_next_try(name: str) -> None:
    """Or it would end and sound again with each try."""
    alarm = filled(name)
    between = {"owed-effects": SERVICE[3], "owed-mails": HOUR}[name]
    assert alarm["Period"] * alarm["EvaluationPeriods"] >= between
    assert alarm["DatapointsToAlarm"] == 1


def test_nothing_is_reserved_unless_it_is_asked_for() -> None:
    """A new AWS account has a concurrency of 10, and Lambda lets none of it be reserved."""
    for name, function in FUNCTIONS.items():
        reserved = function.get("ReservedConcurrentExecutions")
        if reserved:
            parameter = name.replace("Function", "ReservedConcurrency")
            assert reserved["Fn::If"][1:] == [{"Ref": parameter}, {"Ref": "AWS::NoValue"}]
            assert watching.TEMPLATE["Parameters"][parameter]["Default"] == ""
    assert "ReservedConcurrentExecutions" in FUNCTIONS["ConsumerFunction"]
