"""`billhook run` reports the real failure, and leaves the announcement of another `billhook run` alone."""

import signal
import subprocess
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.command import main
from cli.local import run
from cli.local import running as announced
from infra.local_cloud.cloud import LocalCloud
from infra.local_cloud.deployment import FailedError
from infra.local_cloud.emulator import NotStartedError, PortTakenError

type Run = Callable[..., tuple[int, str]]


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `billhook run` on clouds that start like this, in their order; its exit code and what it printed."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def running(*starts: Exception | object, arguments: tuple[str, ...] = ()) -> tuple[int, str]:
        left = list(starts)

        def start(**_: object) -> object:
            one = left.pop(0)
            if isinstance(one, Exception):
                raise one
            return one

        monkeypatch.setattr(run, "LocalCloud", SimpleNamespace(start=start))
        monkeypatch.setattr(run, "build", lambda: Path("template.yaml"))
        monkeypatch.setattr(run, "make", lambda *_targets: None)
        code = main(["run", *arguments])
        assert left == []
        return code, "".join(capsys.readouterr())

    return running


def test_a_cloud_that_dies_is_not_called_a_port_that_is_taken(running: Run) -> None:
    code, said = running(NotStartedError("the local cloud died:\nModuleNotFoundError: [ministack]"))
    assert code == 1
    assert "not started: the local cloud died:\nModuleNotFoundError: [ministack]" in said
    assert "taken" not in said


def test_where_the_port_is_taken_another_one_is_tried(running: Run) -> None:
    code, said = running(PortTakenError("port 4599 is taken"), NotStartedError("the local cloud died"))
    assert code == 1
    assert "port 4599 is taken, so another one is used" in said
    assert "not started: the local cloud died" in said


def test_a_deployment_that_fails_is_told_and_others_stay_announced(
    running: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def deploy(*_: object, **__: object) -> None:
        raise FailedError("sam deploy of billhook failed (1):\nInvalid template")

    monkeypatch.setattr(run, "deploy", deploy)
    monkeypatch.setattr(announced, "FOLDER", tmp_path)
    announced.announce(endpoint_url="http://127.0.0.1:1")
    announced.announce(endpoint_url="http://127.0.0.1:2", secret="of one that was killed")

    code, said = running(nullcontext(SimpleNamespace(endpoint_url="http://127.0.0.1:2")))

    assert code == 1
    assert "not started: sam deploy of billhook failed (1):\nInvalid template" in said
    assert [file.name for file in tmp_path.iterdir()] == ["1.json"]


def test_it_hears_ctrl_c_even_as_a_background_job(running: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: dict[int, object] = {}
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    running(NotStartedError("the local cloud died"))
    assert handlers[signal.SIGINT] is signal.default_int_handler


def test_parameters_of_the_template_reach_the_deployment(
    running: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: dict[str, str] = {}

    def deploy(*_: object, **parameters: str) -> None:
        asked.update(parameters)
        raise FailedError("enough")

    monkeypatch.setattr(run, "deploy", deploy)
    monkeypatch.setattr(announced, "FOLDER", tmp_path)
    started = nullcontext(SimpleNamespace(endpoint_url="http://127.0.0.1:2"))
    running(started, arguments=("--parameter.OperatorAddress", "me@example.com"))
    assert asked == {"Livemode": "any", "OperatorAddress": "me@example.com"}


def test_the_link_in_a_mail_leads_to_the_local_cloud() -> None:
    cloud = LocalCloud.__new__(LocalCloud)
    cloud.__dict__["port"] = 4599
    shown = run.reachable(cloud, "download: https://c7d96af6.execute-api.us-east-1.amazonaws.com/exports/z-W thanks")
    assert shown == "download: http://localhost:4599/_aws/execute-api/c7d96af6/exports/z-W thanks"


def test_the_lines_for_the_aws_cli_send_each_command_to_the_cloud(tmp_path: Path) -> None:
    cloud = SimpleNamespace(endpoint_url="http://127.0.0.1:4599")
    told = run.usage(SimpleNamespace(webhook_url="x", secret="x", cloud=cloud))  # type: ignore[arg-type] # what it prints
    _, _, after = told.partition("the AWS CLI")
    lines = [line.strip() for line in after.splitlines() if line.startswith("  ")][:2]
    (tmp_path / "aws").write_text('#!/bin/bash\necho "$AWS_DEFAULT_REGION $@"\n')
    (tmp_path / "aws").chmod(0o755)
    typed = "\n".join([*lines, "aws sqs list-queues --queue-name-prefix 'a b'"])
    answer = subprocess.run(  # noqa: S603 - the lines that billhook run prints
        ["/bin/bash", "-c", typed], env={"PATH": f"{tmp_path}:/bin"}, capture_output=True, text=True, check=True
    )
    assert answer.stdout == "us-east-1 --endpoint-url http://127.0.0.1:4599 sqs list-queues --queue-name-prefix a b\n"
