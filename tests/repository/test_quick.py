"""`pytest --quick` leaves out exactly the paths that tests/conftest.py lists, and each of them exists."""

from pathlib import Path

import pytest

from tests.conftest import LEFT_OUT, pytest_ignore_collect

ROOT = Path(__file__).parents[2]
TESTS = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")} | LEFT_OUT.keys()


def left_out(config: pytest.Config) -> set[str]:
    return {path for path in TESTS if pytest_ignore_collect(ROOT / path, config)}


@pytest.mark.parametrize("path", LEFT_OUT)
def test_a_path_that_is_left_out_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_quick_leaves_out_the_listed_paths_and_nothing_else(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytestconfig.option, "quick", True)
    assert left_out(pytestconfig) == LEFT_OUT.keys()


def test_otherwise_nothing_is_left_out(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytestconfig.option, "quick", False)
    assert left_out(pytestconfig) == set()
