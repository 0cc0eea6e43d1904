"""The log of a request, without personal data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.values.export_files import logged_name
from tests.exports.support import KEY, OBSTACLES, TOKEN, Exports


def test_a_download_is_one_line(exports: Exports, capsys: pytest.CaptureFixture[str]) -> None:
    exports.get()
    assert without_metrics(json.loads(capsys.readouterr().out)) == {
        "service": "exports",
        "level": "INFO",
        "status": 302,
        "reason": "found",
        "file": logged_name(KEY),
        "ms": 250,
    }


def without_metrics(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in {"_aws", "timestamp", "Requested", "Failed"}}


def counted(line: dict[str, Any]) -> dict[str, int]:
    """Every metric as CloudWatch would read it."""
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Billhook/billhook", [["service"]])
    return {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]}


@pytest.mark.parametrize(("status", "metrics"), [(302, {"Requested": 1}), (404, {"Requested": 1})])
def test_a_request_is_counted(
    exports: Exports, capsys: pytest.CaptureFixture[str], status: int, metrics: dict[str, int]
) -> None:
    exports.refusal = OBSTACLES.get(status)
    exports.get()
    assert counted(json.loads(capsys.readouterr().out)) == metrics


@pytest.mark.parametrize("status", [500, 503])
def test_a_request_that_failed_for_our_fault_is_counted_as_such(
    exports: Exports, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    exports.refusal = OBSTACLES[status]
    exports.get()
    assert counted(json.loads(capsys.readouterr().out)) == {"Requested": 1, "Failed": 1}


@pytest.mark.parametrize(
    "line",
    [
        {"level": "WARN", "status": 404, "reason": "no_file", "cause": "HeadObject: 404"},
        {
            "level": "ERROR",
            "status": 503,
            "reason": "storage_unavailable",
            "cause": "HeadObject: EndpointConnectionError",
        },
    ],
)
def test_a_link_that_does_not_work_is_one_line_with_its_cause(
    exports: Exports, capsys: pytest.CaptureFixture[str], line: dict[str, Any]
) -> None:
    exports.refusal = OBSTACLES[line["status"]]
    exports.get()
    assert without_metrics(json.loads(capsys.readouterr().out)) == {
        "service": "exports",
        "ms": 250,
        "file": logged_name(KEY),
        **line,
    }


def test_what_is_no_token_needs_no_cause(exports: Exports, capsys: pytest.CaptureFixture[str]) -> None:
    exports.get("nonsense")
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["status"], line["reason"]) == ("WARN", 404, "malformed_token")
    assert not {"cause", "file"} & line.keys()


def test_a_bug_is_an_error_with_its_place(exports: Exports, capsys: pytest.CaptureFixture[str]) -> None:
    exports.refusal = OBSTACLES[500]
    exports.get()
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["status"], line["reason"]) == ("ERROR", 500, "bug")
    assert line["cause"].startswith("KeyError in support.py, line ")


@pytest.mark.parametrize("status", [302, *OBSTACLES])
@pytest.mark.parametrize("token", [TOKEN, TOKEN + "="])
def test_no_line_says_which_link_it_was(
    exports: Exports, capfd: pytest.CaptureFixture[str], status: int, token: str
) -> None:
    exports.refusal = OBSTACLES.get(status)
    exports.get(token)
    captured = capfd.readouterr()
    assert captured.out.count("\n") == 1
    assert captured.err == ""
    assert not [word for word in (TOKEN, "exports/", "X-Amz") if word in captured.out]
    assert KEY.removeprefix("exports/").removesuffix(".json") not in captured.out
