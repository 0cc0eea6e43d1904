"""What is locked is pinned by hash, and is what pyproject.toml asks for."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
LOCKS = {path.stem: path for path in (ROOT / "infra/locks").glob("*.txt")} | {
    path.parent.name: path for path in ROOT.glob("functions/*/requirements.txt")
}
NPM = sorted((ROOT / "infra/locks/npm").iterdir())
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def pinned(lock: str) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version, _ in PINNED.findall(LOCKS[lock].read_text())}


def asked_for(group: str) -> list[Requirement]:
    """What a group asks for, with what it includes."""
    return [
        requirement
        for entry in GROUPS[group]
        for requirement in (asked_for(entry["include-group"]) if isinstance(entry, dict) else [Requirement(entry)])
    ]


def test_every_group_has_a_lock_and_every_lock_a_group() -> None:
    assert set(LOCKS) == set(GROUPS)


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_whatever_is_locked_is_pinned_by_hash(lock: str) -> None:
    found = PINNED.findall(LOCKS[lock].read_text())
    assert found
    assert [name for name, _, rest in found if "--hash=sha256:" not in rest] == []
    written = [line for line in LOCKS[lock].read_text().splitlines() if line and line[0] not in " #"]
    assert len(written) == len(found)


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_a_lock_is_in_step_with_what_is_asked_for(lock: str) -> None:
    held = pinned(lock)
    assert [
        str(wanted)
        for wanted in asked_for(lock)
        if not wanted.specifier.contains(held.get(canonicalize_name(wanted.name), "0"), prereleases=True)
    ] == []


@pytest.mark.parametrize("lock", sorted(path.parent.name for path in ROOT.glob("functions/*/requirements.txt")))
def test_what_is_tested_is_what_is_shipped(lock: str) -> None:
    assert pinned(lock).items() <= pinned("dev").items()


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_make_lock_makes_every_lock(lock: str) -> None:
    made = f"--group {lock} "
    assert made in (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("folder", NPM, ids=lambda folder: folder.name)
def test_what_npm_installs_is_pinned_by_hash_and_as_asked_for(folder: Path) -> None:
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    asked = json.loads((folder / "package.json").read_text())["dependencies"]
    held = {name.removeprefix("node_modules/"): one for name, one in packages.items() if name}
    assert asked.items() <= {name: one["version"] for name, one in held.items()}.items()
    assert [name for name, one in held.items() if not one.get("integrity", "").startswith("sha512-")] == []


@pytest.mark.parametrize("folder", NPM, ids=lambda folder: folder.name)
def test_a_lock_of_npms_names_no_registry(folder: Path) -> None:
    assert "resolved" not in (folder / "package-lock.json").read_text()
