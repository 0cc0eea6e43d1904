"""`billhook invoke` starts sam for an existing sample, and reports the errors that sam would hide."""

import json
import platform
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.command import main
from cli.local import env, invoke
from cli.local.running import NothingRunsError

SETTINGS = {"ConsumerFunction": {"AWS_ENDPOINT_URL": "http://host.docker.internal:4599"}}


class Sam:
    """Takes down how it is started, and ends with code 3."""

    def __init__(self) -> None:
        self.started: list[tuple[list[str], dict[str, Any]]] = []

    def run(self, command: list[str], **options: object) -> SimpleNamespace:
        self.started.append((command, options))
        return SimpleNamespace(returncode=3)


@pytest.fixture
def where() -> dict[str, str]:
    return {"secret": "whsec_1", "bind": "0.0.0.0"}  # noqa: S104 - what `billhook run` was told


@pytest.fixture
def sam(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: dict[str, str]) -> Sam:
    sam = Sam()
    monkeypatch.setattr(invoke, "subprocess", sam)
    monkeypatch.setattr(invoke, "running", lambda: where)
    monkeypatch.setattr(invoke, "ENV_FILE", tmp_path / ".local" / "env.json")
    monkeypatch.setattr(env, "settings", lambda: SETTINGS)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("AWS_PROFILE", "the business")
    return sam


def invoked(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(invoke, "build", lambda: None)
    monkeypatch.setattr(invoke, "make", lambda *_targets: None)
    return main(["invoke", *arguments])


def test_the_consumer_gets_the_sample_as_the_queue_hands_it_out(sam: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    assert invoked(monkeypatch, "invoice.paid") == 3
    ((command, options),) = sam.started
    assert command[1:] == ["local", "invoke", "ConsumerFunction", "--config-env", platform.machine(), "--event", "-"]
    assert json.loads(options["input"]) == json.loads((invoke.ROOT / "events/sqs/invoice.paid.json").read_text())
    assert json.loads(invoke.ENV_FILE.read_text()) == SETTINGS


def test_ingest_gets_a_request_that_is_signed_now(sam: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    invoked(monkeypatch, "invoice.paid", "--function", "IngestFunction")
    event = json.loads(sam.started[0][1]["input"])
    assert (event["version"], json.loads(event["body"])["type"]) == ("2.0", "invoice.paid")


def test_no_container_gets_credentials_of_your_own(sam: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    invoked(monkeypatch, "invoice.paid")
    environment = sam.started[0][1]["env"]
    assert (environment["AWS_ACCESS_KEY_ID"], "AWS_PROFILE" in environment) == ("test", False)


@pytest.mark.parametrize("function", ["ConsumerFunction", "IngestFunction"])
def test_a_sample_that_does_not_exist_starts_nothing_and_lists_those_that_do(
    sam: Sam, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], function: str
) -> None:
    assert invoked(monkeypatch, "invoice.pay", "--function", function) == 1
    said = capsys.readouterr().err
    assert "there is no events/invoice.pay.json" in said
    assert "\n  invoice.payment_failed\n" in said
    assert sam.started == []


def test_without_a_local_cloud_nothing_is_started(
    sam: Sam, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> dict[str, dict[str, str]]:
        raise NothingRunsError("start one")

    monkeypatch.setattr(env, "settings", none)
    assert invoked(monkeypatch, "invoice.paid") == 1
    assert capsys.readouterr().err == "not invoked: start one\n"
    assert sam.started == []


@pytest.mark.parametrize(
    ("system", "bind", "advised"),
    [("linux", "127.0.0.1", True), ("linux", "0.0.0.0", False), ("darwin", "127.0.0.1", False)],  # noqa: S104 - as above
)
def test_linux_is_told_to_bind_where_containers_reach(  # noqa: PLR0913, PLR0917 - a case, and what it is played on
    sam: Sam,
    where: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    system: str,
    bind: str,
    *,
    advised: bool,
) -> None:
    where["bind"] = bind
    monkeypatch.setattr(sys, "platform", system)
    invoked(monkeypatch, "invoice.paid")
    assert ("./billhook run --bind 0.0.0.0" in capsys.readouterr().err) == advised
    assert len(sam.started) == 1
