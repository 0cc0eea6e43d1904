"""The log of a request, without personal data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.support import CONNECT, DIRECT, NOW, PAYMENT_FAILED, Ingest, sign, to_bytes

BODY = to_bytes(PAYMENT_FAILED | {"account": "acct_1"})
SIGNED = sign(BODY, CONNECT)


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - what a line holds is what the tests are about
    def last_line() -> dict[str, Any]:
        (line,) = capsys.readouterr().out.splitlines()
        parsed: dict[str, Any] = json.loads(line)
        return parsed

    return last_line


def metrics(line: dict[str, Any]) -> dict[tuple[str, ...], int]:
    """Every metric as CloudWatch would read it: its name and dimension values, and its value."""
    assert line["_aws"]["Timestamp"] == NOW * 1000
    return {
        (metric["Name"], *(line[dimension] for dimension in dimensions)): line[metric["Name"]]
        for directive in line["_aws"]["CloudWatchMetrics"]
        for dimensions in directive["Dimensions"]
        for metric in directive["Metrics"]
        if directive["Namespace"] == "Billhook/billhook" and metric["Unit"] == "Count"
    }


def test_an_accepted_event_is_one_line_and_counted(ingest: Ingest, log: Any) -> None:  # noqa: ANN401 - see above
    ingest.post(BODY, SIGNED)
    line = log()
    assert metrics(line) == {("Received", "ingest"): 1, ("Accepted", "ingest"): 1}
    del line["_aws"], line["Received"], line["Accepted"]
    assert line == {
        "level": "INFO",
        "timestamp": "2026-09-21T14:13:20.000Z",
        "service": "ingest",
        "status": 200,
        "endpoint": "connect",
        "event_id": "evt_1PaymentFailed",
        "type": "invoice.payment_failed",
        "account": "acct_1",
        "livemode": False,
        "ms": 0,
    }


def test_a_rejected_request_is_counted_by_its_reason(ingest: Ingest, log: Any) -> None:  # noqa: ANN401 - see above
    ingest.post(BODY, "")
    line = log()
    assert (line["level"], line["status"], line["reason"]) == ("WARN", 400, "missing_signature")
    assert metrics(line) == {
        ("Received", "ingest"): 1,
        ("Rejected", "ingest"): 1,
        ("BadSignature", "ingest"): 1,
        ("Rejected", "ingest", "missing_signature"): 1,
    }


def test_a_failure_of_ours_is_an_error_with_its_cause_and_its_event(ingest: Ingest, log: Any) -> None:  # noqa: ANN401 - see above
    ingest.queue_accepts = False
    ingest.post(BODY, SIGNED)
    line = log()
    assert (line["level"], line["cause"], line["event_id"]) == (
        "ERROR",
        "SendMessage: ServiceUnavailable",
        "evt_1PaymentFailed",
    )
    assert metrics(line) == {
        ("Received", "ingest"): 1,
        ("Rejected", "ingest"): 1,
        ("Failed", "ingest"): 1,
        ("Rejected", "ingest", "queue_unavailable"): 1,
    }


@pytest.mark.parametrize("header", [None, "", sign(BODY, "whsec_wrong"), sign(BODY, at=NOW - 301)])
def test_no_line_holds_a_payload_an_address_a_signature_or_a_secret(
    ingest: Ingest, capsys: pytest.CaptureFixture[str], header: str | None
) -> None:
    ingest.post(BODY, header)
    out = capsys.readouterr().out
    assert not [word for word in ("ann@example.com", "in_1", DIRECT, "v1=", "whsec") if word in out]


def test_an_unknown_endpoint_is_not_repeated_anywhere(ingest: Ingest, capsys: pytest.CaptureFixture[str]) -> None:
    answer = ingest.post(BODY, endpoint="<script>")
    assert "script" not in capsys.readouterr().out + json.dumps(answer.body)
