"""The `sam local invoke` lines of docs/running-locally.md get as far as they can without Docker: to the container."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from cli.samples import samples
from cli.samples.signed import http_api_event
from tests.cloud.conftest import SECRET
from tests.cloud.packaging.rie import TOOLS

ROOT = Path(__file__).parents[3]
LINES = re.findall(r"sam local invoke \w+Function .*", (ROOT / "docs/running-locally.md").read_text())
NO_CONTAINERS = "Running AWS SAM projects locally requires a container runtime"


@pytest.fixture
def checkout(env_file: Path, tmp_path: Path) -> Path:
    """What the lines need, as `make run` and the lines before them leave it."""
    for name in (".aws-sam", "events"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "samconfig.toml", tmp_path)
    (tmp_path / ".local").mkdir()
    shutil.copy(env_file, tmp_path / ".local/env.json")
    now = int(time.time())
    signed = http_api_event(samples.encode(samples.fresh("invoice.paid", now)), SECRET, now)
    (tmp_path / ".local/event.json").write_text(json.dumps(signed))
    return tmp_path


def ended(line: str, checkout: Path) -> str:
    """What sam says at last, where it finds no Docker."""
    here = {"PATH": f"{TOOLS / 'sam/bin'}:{os.environ['PATH']}", "HOME": str(checkout)}
    environment = here | {"DOCKER_HOST": f"unix://{checkout}/none", "SAM_CLI_TELEMETRY": "0"}
    ran = subprocess.run(  # noqa: S603 - our own lines
        ["/bin/bash", "-c", line], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    return ran.stderr


def test_the_document_has_a_line_for_each_function_that_takes_a_sample() -> None:
    assert [line.split()[3] for line in LINES] == ["ConsumerFunction", "IngestFunction"]


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_document_fails_for_want_of_docker_alone(line: str, checkout: Path) -> None:
    assert NO_CONTAINERS in ended(line, checkout)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("gone", [".aws-sam", ".local/env.json", "samconfig.toml"])
def test_each_part_that_it_needs_is_looked_for_before_docker(line: str, gone: str, checkout: Path) -> None:
    (checkout / gone).unlink()
    assert NO_CONTAINERS not in ended(line, checkout)


@pytest.mark.parametrize("line", LINES)
def test_the_event_that_a_line_names_is_there(line: str, checkout: Path) -> None:
    assert (checkout / line.split("-e ")[1]).is_file()
