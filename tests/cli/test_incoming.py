"""A function's log line as `make run` shows it to a person."""

import json

import pytest

from cli.local.incoming import ADVICE, Line, read_line

EVENT = {"level": "INFO", "service": "consumer", "event_id": "evt_1", "type": "invoice.paid"}
WORKER = EVENT | {"service": "effects", "lane": "effects"}
REQUEST = {"service": "ingest", "level": "WARN", "ms": 1.5}


def read(**line: object) -> Line | None:
    return read_line(json.dumps(line))


def test_a_finished_event_is_shown_with_its_type_state_and_milliseconds() -> None:
    assert read(**EVENT, message="done", ms=20, since_received_ms=65) == Line("invoice.paid", "done", 65)


def test_an_ignored_event_is_shown_with_its_reason() -> None:
    reason = "a test-mode event on a live stack"
    assert read(**EVENT, message="ignored", reason=reason, since_received_ms=9) == Line(
        "invoice.paid", "ignored", 9, reason
    )


def test_a_failed_event_is_shown_with_its_error() -> None:
    line = read(**EVENT, message="failed", error="Permanent invoice_missing at id", again_in_s=0)
    assert line == Line("invoice.paid", "failed", None, "Permanent invoice_missing at id")


def test_an_event_that_is_tried_again_is_shown_with_its_wait() -> None:
    line = read(**EVENT, message="retry", error="Retryable x", again_in_s=5)
    assert line == Line("invoice.paid", "retry", None, "Retryable x, again in 5 s")


def test_a_message_of_our_own_is_told_apart() -> None:
    line = read(**EVENT | {"type": "farewell.due"}, message="done", since_received_ms=9)
    assert line == Line("farewell.due", "done", 9, "(ours, by schedule)")


def test_what_was_performed_is_shown_with_its_outcomes_and_the_time_since_the_commit() -> None:
    line = read(**WORKER, message="performed", since_committed_ms=30, outcomes=["set", "published"])
    assert line == Line("invoice.paid", "performed", 30, "effects: set, published")


def test_a_mail_that_was_not_sent_is_shown_with_why() -> None:
    line = read(**WORKER | {"lane": "mails"}, message="performed", since_committed_ms=9, outcomes=["overtaken"])
    assert line == Line("invoice.paid", "performed", 9, "mails: overtaken")


def test_an_effect_that_is_put_off_is_shown_with_its_error_and_wait() -> None:
    line = read(**WORKER, message="waits", outcomes=["set"], error="BotoCoreError x", again_in_s=60)
    assert line == Line("invoice.paid", "waits", None, "effects: set, BotoCoreError x, again in 60 s")


def test_a_mail_that_waits_for_ses_is_shown_by_its_lane() -> None:
    line = read(service="effects", event_id="evt_1", lane="mails", message="resting", again_in_s=60)
    assert line == Line("mails", "resting", None, "again in 60 s")


def test_a_function_that_warns_is_shown_whatever_about() -> None:
    assert read(service="reconcile", level="WARN", message="account refused", code="no_such_account") == Line(
        "reconcile", "account refused", None, "no_such_account"
    )


@pytest.mark.parametrize(
    "logged",
    [
        "START RequestId: 1 Version: $LATEST",
        "[]",
        json.dumps({"level": "INFO", "service": "reconcile", "message": "reconciled"}),
        json.dumps(EVENT | {"message": "awaiting dead letter"}),
        json.dumps(WORKER | {"message": "nothing owed"}),
        json.dumps(WORKER | {"message": "leased elsewhere", "again_in_s": 76}),
        json.dumps(WORKER | {"message": "performed", "lane": "mails", "outcomes": ["sent"]}),
        json.dumps({"service": "ingest", "level": "WARN", "status": 503, "reason": "secrets_unavailable"}),
    ],
    ids=[
        "Lambda's own",
        "no object",
        "nothing about an event",
        "a failed event handed out again",
        "a message too many",
        "a lane that another worker has",
        "a mail, which has a line of its own",
        "a mere warning",
    ],
)
def test_what_says_nothing_new_to_a_person_is_left_out(logged: str) -> None:
    assert read_line(logged) is None


@pytest.mark.parametrize("reason", ADVICE)
def test_a_refused_request_is_shown_with_why_and_what_to_type(reason: str) -> None:
    line = read(**REQUEST, status=400, reason=reason, error="Not this one.")
    assert line == Line("a request", "400", 1.5, f"{reason}: Not this one.", ADVICE[reason])
    assert "./billhook secret" in line.text("12:00:00").plain.splitlines()[1]


def test_a_request_that_fails_by_our_fault_is_shown_with_its_cause() -> None:
    line = read(**REQUEST, status=503, reason="secrets_unavailable", error="Later.", cause="ReadTimeoutError")
    assert line == Line("a request", "503", 1.5, "secrets_unavailable: Later.: ReadTimeoutError")


def test_a_line_has_its_columns_under_those_of_the_journey() -> None:
    shown = Line("invoice.paid", "ignored", 9.4, "no handler for its type").text("12:00:00").plain
    assert shown == "12:00:00  invoice.paid                       ignored       9 ms   no handler for its type"


def test_an_answer_to_an_app_is_not_shown() -> None:
    assert read(service="access", level="INFO", status=200, app="app", reason="answered", ms=2.0) is None
    assert read(service="access", level="INFO", status=202, app="app", reason="answered", ms=2.0) is None


def test_a_refused_question_of_an_app_is_shown_with_its_reason() -> None:
    line = read(service="access", level="WARN", status=401, reason="unauthorized", ms=2.0)
    assert line == Line("a question of an app", "401", 2.0, "unauthorized")
