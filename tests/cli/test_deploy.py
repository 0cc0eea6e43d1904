"""`billhook deploy` builds first, and then deploys with sam: to AWS with sam's options, or to the local cloud."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.command import main
from cli.local import running
from cli.local.prepare import PROCESSOR
from cli.operate import deploy
from infra.local_cloud import deployment


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was run, in its order."""
    ran: list[list[str]] = []

    def run(command: list[str], **_: object) -> SimpleNamespace:
        ran.append(command)
        return SimpleNamespace(returncode=0 if "--guided" in command else 3)

    def build(arch: str) -> Path:
        ran.append(["build", arch])
        return Path(f".aws-sam/{arch}/template.yaml")

    monkeypatch.setattr(deploy, "subprocess", SimpleNamespace(run=run))
    monkeypatch.setattr(deploy, "build", build)
    monkeypatch.setattr(deploy, "make", lambda *targets: ran.append(["make", *targets]))
    return ran


def test_it_builds_for_lambdas_processor_and_then_deploys(ran: list[list[str]]) -> None:
    assert main(["deploy"]) == 3
    tool, built, sam = ran
    assert (tool[0], built) == ("make", ["build", "arm64"])
    assert sam[1:4] == ["deploy", "--template-file", ".aws-sam/arm64/template.yaml"]
    assert sam[-2:] == ["--config-env", "default"]


def test_its_options_are_sams(ran: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "--guided", "--config-env", "prod", "--arch", "x86_64"]) == 0
    assert ran[1] == ["build", "x86_64"]
    assert ran[2][-3:] == ["--config-env", "prod", "--guided"]
    assert "./billhook doctor" in capsys.readouterr().out


@pytest.fixture
def local(ran: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """What was run, in its order, beside a local cloud that runs."""

    def to_local(built: Path, stack: str, parameters: dict[str, str], environment: dict[str, str]) -> str:
        ran.append(["deploy", str(built), stack, str(parameters), environment["AWS_ENDPOINT_URL"]])
        return ""

    monkeypatch.setattr(running, "FOLDER", tmp_path)
    monkeypatch.setattr(running, "_answers", lambda _: True)
    monkeypatch.setattr(deployment, "deploy", to_local)
    running.announce(endpoint_url="http://127.0.0.1:4599")
    return ran


def test_local_brings_this_machines_build_to_the_running_cloud(
    local: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", "--local"]) == 0
    built, deployed = local
    assert built == ["build", PROCESSOR]
    assert deployed == ["deploy", f".aws-sam/{PROCESSOR}/template.yaml", "billhook", "{}", "http://127.0.0.1:4599"]
    assert "http://127.0.0.1:4599" in capsys.readouterr().out


def test_local_without_a_running_cloud_says_how_to_start_one(
    ran: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "FOLDER", tmp_path)
    assert main(["deploy", "--local"]) == 1
    assert ran == []
    assert "./billhook run" in capsys.readouterr().err


@pytest.mark.parametrize("more", [["--guided"], ["--config-env", "prod"], ["--arch", "x86_64"]])
def test_local_takes_no_option_of_a_deployment_to_aws(
    local: list[list[str]], more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", "--local", *more]) == 1
    assert local == []
    assert more[0] in capsys.readouterr().err


@pytest.mark.usefixtures("local")
def test_what_sam_says_of_a_failed_local_deployment_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> str:
        raise deployment.FailedError("sam deploy of billhook failed (1): no such resource")

    monkeypatch.setattr(deployment, "deploy", fails)
    assert main(["deploy", "--local"]) == 1
    assert "no such resource" in capsys.readouterr().err
