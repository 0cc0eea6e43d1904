"""uv, which installs everything else, is installed by its hash; another wheel of its name and version is refused."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = ".tools/bootstrap/bin/uv"
LOCK = (ROOT / "infra/locks/uv.txt").read_text()
VERSION = LOCK.partition("uv==")[2].split()[0]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone, as far as installing uv needs it, beside a package index with somebody else's uv."""
    (tmp_path / "infra/locks").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "infra/locks/uv.txt", tmp_path / "infra/locks")
    (tmp_path / "index").mkdir()
    info = f"uv-{VERSION}.dist-info"
    with zipfile.ZipFile(tmp_path / f"index/uv-{VERSION}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"uv-{VERSION}.data/scripts/uv", "#!/bin/sh\necho stolen\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: uv\nVersion: {VERSION}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return tmp_path


def install(clone: Path) -> subprocess.CompletedProcess[str]:
    index = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(clone / "index")}
    command = ["make", UV]
    return subprocess.run(command, cwd=clone, env=os.environ | index, capture_output=True, text=True, check=False)  # noqa: S603 - our own


def test_a_wheel_that_the_lock_does_not_know_is_not_installed(clone: Path) -> None:
    refused = install(clone)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert not (clone / UV).exists()


def test_nor_is_it_when_the_lock_has_lost_its_hashes(clone: Path) -> None:
    (clone / "infra/locks/uv.txt").write_text(f"uv=={VERSION}\n")
    refused = install(clone)
    assert refused.returncode != 0
    assert "Hashes are required" in refused.stderr
    assert not (clone / UV).exists()


def test_every_other_tool_is_installed_by_hash_too() -> None:
    makefile = (ROOT / "Makefile").read_text().splitlines()
    installing = [line for line in makefile if "pip install " in line or "pip sync " in line]
    assert [("--require-hashes" in line) for line in installing] == [True, True]
