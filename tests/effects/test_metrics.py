"""CloudWatch reads a message's metrics from its one log line; nothing in them is personal."""

import json
from typing import Any

import pytest

from functions.effects.lane.attempt import Result
from functions.effects.message import LaneMessage
from functions.effects.metrics import LATE, metrics_of, warns
from shared.inbox.lanes import LANES, Lane
from tests.consumer.examples import NOW

OURS = "Billhook/billhook"


def message(lane: Lane = "mails", ago: float = 90) -> LaneMessage:
    sent_ms = int((NOW - ago) * 1000)
    return LaneMessage("evt_1", lane, "message-1", "receipt", sent_ms, sent_ms)


def as_read(fields: dict[str, Any]) -> dict[tuple[str, ...], float]:
    """Metric name and dimension values, and the value, as CloudWatch extracts them."""
    directives = fields["_aws"]["CloudWatchMetrics"] if fields else []
    assert {directive["Namespace"] for directive in directives} <= {OURS}
    return {
        (metric["Name"], *(fields[name] for name in names)): fields[metric["Name"]]
        for directive in directives
        for names in directive["Dimensions"]
        for metric in directive["Metrics"]
    }


def counted(result: Result, lane: Lane = "mails") -> dict[str, float]:
    read = as_read(metrics_of(message(lane), result, NOW, OURS))
    assert {key[1:] for key in read} == {("effects",)}
    return {name: value for (name, *_), value in read.items()}


def test_a_performed_lane_counts_with_its_mails_and_how_long_they_were_owed() -> None:
    performed = Result("performed", outcomes=("sent", "set", "sent"))
    assert counted(performed) == {"Done": 1, "OwedMailsSeconds": 90, "Sent": 2}


@pytest.mark.parametrize(
    ("state", "name"), [("waits", "Retried"), ("unrecorded", "Retried"), ("resting", "Deferred"), ("failed", "Dead")]
)
@pytest.mark.parametrize(("lane", "owed"), [("effects", "OwedEffectsSeconds"), ("mails", "OwedMailsSeconds")])
def test_a_lane_that_is_still_owed_says_for_how_long(state: str, name: str, lane: Lane, owed: str) -> None:
    assert counted(Result(state, 60), lane) == {name: 1, owed: 90}


def test_an_erasure_is_owed_only_since_its_hours_limit_put_it_off_no_more() -> None:
    assert counted(Result("performed", owed_since=NOW - 5), "effects")["OwedEffectsSeconds"] == 5


def test_a_mail_that_ses_refused_for_good_and_one_that_came_too_late_are_counted() -> None:
    outcomes = ("refused: MessageRejected", "refused: BadRequestException", "too late")
    assert counted(Result("waits", 60, outcomes=outcomes)) == {
        "Retried": 1,
        "OwedMailsSeconds": 90,
        "MailRefused": 2,
        "MailLate": 1,
    }


@pytest.mark.parametrize("state", ["waits", "unrecorded", "failed", "performed"])
def test_a_deployment_at_fault_is_counted_whatever_becomes_of_the_message(state: str) -> None:
    assert counted(Result(state, faulty=True))["DeploymentFault"] == 1


def test_what_waits_for_a_later_hour_is_counted_and_a_warning() -> None:
    deferred = Result("waits", again=True, over_limit=2)
    assert counted(deferred, "effects") == {"Retried": 1, "OverLimit": 2}
    assert warns("effects", metrics_of(message("effects"), deferred, NOW, OURS))


@pytest.mark.parametrize(
    "state", ["nothing owed", "leased elsewhere", "awaiting dead letter", "unreadable", "fenced", "goes on"]
)
def test_what_says_nothing_new_counts_nothing(state: str) -> None:
    assert metrics_of(message(), Result(state), NOW, OURS) == {}


def test_a_clock_that_is_behind_owes_nothing_less_than_nothing() -> None:
    assert as_read(metrics_of(message(), Result("performed"), NOW - 100, OURS))["OwedMailsSeconds", "effects"] == 0


@pytest.mark.parametrize("result", [Result("performed", outcomes=("refused: x",)), Result("waits", 60, faulty=True)])
def test_a_line_that_counts_what_an_alarm_waits_for_is_a_warning(result: Result) -> None:
    assert warns("mails", metrics_of(message(), result, NOW, OURS))


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("state", ["performed", "waits", "resting"])
def test_a_lane_that_is_owed_for_too_long_is_a_warning(lane: Lane, state: str) -> None:
    for ago, late in ((LATE[lane], False), (LATE[lane] + 1, True)):
        assert warns(lane, metrics_of(message(lane, ago), Result(state), NOW, OURS)) is late


def test_a_metric_has_its_unit_and_the_service_as_its_one_dimension() -> None:
    fields = metrics_of(message(), Result("performed"), NOW, OURS)
    (directive,) = fields["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["service"]]
    assert fields["service"] == "effects"
    assert directive["Metrics"] == [{"Name": "Done", "Unit": "Count"}, {"Name": "OwedMailsSeconds", "Unit": "Seconds"}]


def test_no_account_or_event_is_a_metric_or_a_dimension() -> None:
    printed = json.dumps(metrics_of(message(), Result("performed", outcomes=("sent",)), NOW, OURS))
    assert not [one for one in ("acct_1", "evt_1", "message-1") if one in printed]
