"""A function's log line as `make run` shows it to a person."""

import json

import pytest

from infra.incoming import ADVICE, Line, read_line

EVENT = {"level": "INFO", "service": "consumer", "event_id": "evt_1", "type": "invoice.paid"}
REQUEST = {"service": "ingest", "level": "WARNING", "ms": 1.5}


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


def test_a_function_that_comes_later_is_shown_too() -> None:
    line = read(**EVENT | {"service": "effects"}, message="done", ms=30, performed="remind set, publish published")
    assert line == Line("invoice.paid", "done", 30, "remind set, publish published")
    assert read(service="effects", level="ERROR", message="paused", code="Throttled") == Line(
        "effects", "paused", None, "Throttled"
    )


@pytest.mark.parametrize(
    "logged",
    [
        "START RequestId: 1 Version: $LATEST",
        "[]",
        json.dumps({"level": "INFO", "service": "reconcile", "message": "reconciled"}),
        json.dumps(EVENT | {"message": "burnt"}),
        json.dumps({"service": "ingest", "level": "WARNING", "status": 503, "reason": "secrets_unavailable"}),
    ],
    ids=["Lambda's own", "no object", "nothing about an event", "a failed event handed out again", "a mere warning"],
)
def test_what_says_nothing_new_to_a_person_is_left_out(logged: str) -> None:
    assert read_line(logged) is None


@pytest.mark.parametrize("reason", ADVICE)
def test_a_refused_request_is_shown_with_why_and_what_to_type(reason: str) -> None:
    line = read(**REQUEST, status=400, reason=reason, error="Not this one.")
    assert line == Line("a request", "400", 1.5, f"{reason}: Not this one.", ADVICE[reason])
    assert "make secret NAME=" in line.text("12:00:00").plain.splitlines()[1]


def test_a_request_that_fails_by_our_fault_is_shown_with_its_cause() -> None:
    line = read(**REQUEST, status=503, reason="secrets_unavailable", error="Later.", cause="ReadTimeoutError")
    assert line == Line("a request", "503", 1.5, "secrets_unavailable: Later.: ReadTimeoutError")


def test_a_line_has_its_columns_under_those_of_the_journey() -> None:
    shown = Line("invoice.paid", "ignored", 9.4, "no handler for its type").text("12:00:00").plain
    assert shown == "12:00:00  invoice.paid                       ignored       9 ms   no handler for its type"
