"""`billhook deploy` builds first, hands its options on to sam, and ends with sam's exit code."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.command import main
from cli.operate import deploy


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
