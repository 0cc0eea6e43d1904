"""What one message counts, as CloudWatch reads it from the message's one log line; nothing there tells whose it was."""

import json
from typing import Any

import pytest

from functions.effects.lease import Leased
from functions.effects.metrics import metrics_of
from functions.effects.turn import Result
from tests.consumer.world import NOW

LEASED = Leased("evt_1", "mails", "token", "acct_1", "invoice.paid", (NOW - 90) * 1000, (), {}, "owes nothing")


def as_read(fields: dict[str, Any]) -> dict[tuple[str, ...], float]:
    """Metric name and dimension values, and the value, as CloudWatch extracts them."""
    directives = fields["_aws"]["CloudWatchMetrics"] if fields else []
    return {
        (metric["Name"], *(fields[name] for name in names)): fields[metric["Name"]]
        for directive in directives
        for names in directive["Dimensions"]
        for metric in directive["Metrics"]
    }


def counted(result: Result, leased: Leased | None = LEASED) -> dict[str, float]:
    read = as_read(metrics_of(leased, result, NOW, "Billhook/test"))
    assert {key[1:] for key in read} == {("effects",)}
    return {name: value for (name, *_), value in read.items()}


def test_a_performed_lane_counts_with_its_mails_and_how_long_they_were_owed() -> None:
    assert counted(Result("performed", outcomes=("sent", "set", "sent"))) == {"Done": 1, "OwedSeconds": 90, "Sent": 2}


@pytest.mark.parametrize(("state", "name"), [("waits", "Retried"), ("failed", "Dead")])
def test_a_lane_that_is_still_owed_says_for_how_long(state: str, name: str) -> None:
    assert counted(Result(state, 60)) == {name: 1, "OwedSeconds": 90}


def test_what_could_not_be_written_down_counts_as_retried() -> None:
    assert counted(Result("unrecorded", 4)) == {"Retried": 1}


def test_a_mail_that_rests_counts_as_deferred_and_needs_no_lease() -> None:
    assert counted(Result("resting", 60), None) == {"Deferred": 1}


def test_a_mail_that_ses_refused_for_good_and_one_that_came_too_late_are_counted() -> None:
    outcomes = ("refused: MessageRejected", "refused: BadRequestException", "too late")
    assert counted(Result("waits", 60, outcomes=outcomes)) == {
        "Retried": 1,
        "OwedSeconds": 90,
        "MailRefused": 2,
        "MailLate": 1,
    }


@pytest.mark.parametrize("state", ["nothing owed", "leased elsewhere", "awaiting dead letter", "unreadable"])
def test_what_says_nothing_new_counts_nothing(state: str) -> None:
    assert metrics_of(None, Result(state), NOW, "Billhook/test") == {}


@pytest.mark.parametrize("state", ["fenced", "goes on"])
def test_a_lane_that_somebody_goes_on_with_counts_nothing(state: str) -> None:
    assert metrics_of(LEASED, Result(state), NOW, "Billhook/test") == {}


def test_a_clock_that_is_behind_owes_nothing_less_than_nothing() -> None:
    assert as_read(metrics_of(LEASED, Result("performed"), NOW - 100, "Billhook/test"))["OwedSeconds", "effects"] == 0


def test_a_metric_has_its_unit_and_the_service_as_its_one_dimension() -> None:
    fields = metrics_of(LEASED, Result("performed"), NOW, "Billhook/test")
    (directive,) = fields["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Billhook/test", [["service"]])
    assert fields["service"] == "effects"
    assert directive["Metrics"] == [{"Name": "Done", "Unit": "Count"}, {"Name": "OwedSeconds", "Unit": "Seconds"}]


def test_no_account_or_event_is_a_metric_or_a_dimension() -> None:
    printed = json.dumps(metrics_of(LEASED, Result("performed", outcomes=("sent",)), NOW, "Billhook/test"))
    assert not [one for one in ("acct_1", "evt_1", "token") if one in printed]
