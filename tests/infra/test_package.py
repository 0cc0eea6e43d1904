"""A package for Lambda holds the requested code and no more."""

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from infra.package import ELF_MACHINE, ROOT, SERVICES, copy_own_code, wrong_platform
from tests.cloud.conftest import ARCHITECTURE, BUILT

SHIPPED = {name: f"{name.title()}Function" for name in SERVICES}


def library(folder: Path, arch: str) -> None:
    folder.mkdir(parents=True)
    header = b"\x7fELF" + bytes(14) + struct.pack("<H", ELF_MACHINE[arch])
    (folder / "core.cpython-313.so").write_bytes(header)


@pytest.mark.parametrize(
    ("asked", "foreign"), [("arm64", ["x86_64/core.cpython-313.so"]), ("x86_64", ["arm64/core.cpython-313.so"])]
)
def test_a_library_for_another_processor_is_found(tmp_path: Path, asked: str, foreign: list[str]) -> None:
    for arch in ELF_MACHINE:
        library(tmp_path / arch, arch)

    assert wrong_platform(tmp_path, asked) == foreign


@pytest.mark.parametrize("function", ["access", "consumer", "effects"])
def test_a_package_holds_the_plans_where_its_code_reads_them(tmp_path: Path, function: str) -> None:
    copy_own_code(function, tmp_path)
    told = [sys.executable, "-P", "-c", "from shared.runtime.business import PLANS; print(PLANS.read_text(), end='')"]
    on_lambda = {name: value for name, value in os.environ.items() if name != "BILLHOOK_BUSINESS"}
    said = subprocess.check_output(told, cwd="/", env=on_lambda | {"PYTHONPATH": str(tmp_path)}, text=True)  # noqa: S603 - ours
    assert said == (ROOT / "business/plans.toml").read_text()


@pytest.mark.parametrize("function", SERVICES)
def test_a_package_describes_the_services_that_its_function_calls(function: str) -> None:
    wiring = (ROOT / "functions" / function / "wiring.py").read_text()
    assert set(re.findall(r"""client[(,] ?"(\w+)\"""", wiring)) == SERVICES[function]


@pytest.mark.cloud
@pytest.mark.parametrize("function", SERVICES)
def test_a_function_ships_its_own_code_and_dependencies_and_nothing_else(function: str) -> None:
    built = BUILT.parent / SHIPPED[function]
    locked = (Path("functions") / function / "requirements.txt").read_text()
    packages = {line.partition("==")[0] for line in locked.splitlines() if "==" in line}

    installed = {path.name.rpartition("-")[0].removesuffix("-").partition("-")[0] for path in built.glob("*.dist-info")}

    assert {name.replace("_", "-").lower() for name in installed} == {name.lower() for name in packages}
    assert [path.name for path in (built / "functions").iterdir() if path.name != "__pycache__"] == [function]
    assert {path.name for path in (built / "botocore" / "data").iterdir() if path.is_dir()} == SERVICES[function]
    assert wrong_platform(built, ARCHITECTURE) == []
    assert not [path for path in built.iterdir() if path.name in {"tests", "infra", "events", ".env", ".git"}]


@pytest.mark.cloud
def test_ingest_is_small_enough_to_start_fast() -> None:
    size = sum(path.stat().st_size for path in (BUILT.parent / "IngestFunction").rglob("*") if path.is_file())
    assert size < 10 * 2**20
