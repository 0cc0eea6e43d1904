"""The hooks of pre-commit run this project's own tools, and the templates for issues are forms that GitHub can read."""

import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped] # comes with moto and cfn-lint, without types

from infra.prose import main

ROOT = Path(__file__).parents[2]
HOOKS = [
    hook
    for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    for hook in repo["hooks"]
    if repo["repo"] == "local"
]
FORMS = [path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]


def test_no_hook_is_fetched_from_elsewhere() -> None:
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert {repo["repo"] for repo in repos} == {"local"}


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_a_pinned_tool_on_files_that_exist(hook: dict[str, str]) -> None:
    tool, *rest = hook["entry"].split()
    assert re.fullmatch(r"\.venv/bin/(?:ruff|mypy|python|pytest)", tool)
    assert hook["language"] == "system"
    assert [word for word in rest if word.startswith("tests/") and not (ROOT / word).exists()] == []


def test_the_prose_hook_passes_the_files_that_the_lint_reads_by_itself() -> None:
    (pattern,) = [hook["files"] for hook in HOOKS if hook["id"] == "prose"]
    read = (
        "README.md",
        "docs/events.md",
        "docs/decisions/0001-one-message-a-batch.md",
        "events/README.md",
        main_file(),
    )
    assert all(re.match(pattern, name) for name in read)
    assert not re.match(pattern, "tests/test_readme.py")


def main_file() -> str:
    return Path(main.__code__.co_filename).relative_to(ROOT).as_posix()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_has_what_github_asks_for(form: Path) -> None:
    read = yaml.safe_load(form.read_text())
    assert {"name", "description", "body"} <= read.keys()
    asked = [field for field in read["body"] if field["type"] != "markdown"]
    assert all(field["attributes"]["label"] for field in asked)
    assert len({field["id"] for field in asked}) == len(asked)
