"""Imports go one way, AWS clients are made in one place, and every file stays small: read from the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.consumer.routes import ROUTES
from shared.own_types import is_own

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "events"
MODULES = sorted(path.relative_to(ROOT) for folder in ("functions", "shared") for path in (ROOT / folder).rglob("*.py"))
HANDLERS = [path for path in MODULES if path.parent.name == "handlers"]
FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("functions", "shared", "infra", "bench", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
MAKES_A_CLIENT = {"client", "resource", "create_client", "Session", "get_session"}


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text())


def imports(path: Path, *, at_run_time: bool = False) -> Iterator[str]:
    """The modules that `path` imports, those for type checkers only if so asked."""
    for node in _run_time_nodes(tree(path)) if at_run_time else ast.walk(tree(path)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{alias.name}" for alias in names)


def _run_time_nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _run_time_nodes(child)


def shared_modules(names: set[str]) -> set[Path]:
    return {Path(*name.split(".")[:2]).with_suffix(".py") for name in names if package(name) == "shared"}


def package(name: str) -> str:
    return name.partition(".")[0]


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[0] == "shared"], ids=str)
def test_what_is_shared_knows_no_function(path: Path) -> None:
    assert "functions" not in {package(name) for name in imports(path)}


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[0] == "functions"], ids=str)
def test_no_function_imports_another(path: Path) -> None:
    for name in imports(path):
        assert package(name) != "functions" or name.split(".")[1] == path.parts[1]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_what_runs_on_lambda_imports_neither_tests_nor_tools(path: Path) -> None:
    assert not {"tests", "infra"} & {package(name) for name in imports(path)}


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "stripe_api.py"], ids=str)
def test_stripes_library_is_used_in_one_place(path: Path) -> None:
    assert "stripe" not in {package(name) for name in imports(path)}


@pytest.mark.parametrize("path", HANDLERS, ids=str)
def test_a_handler_knows_the_vocabulary_and_nothing_else(path: Path) -> None:
    for name in imports(path):
        assert package(name) == "shared" or name.startswith("functions.consumer.handlers.")


@pytest.mark.parametrize("path", HANDLERS, ids=str)
def test_of_another_handler_only_a_constant_is_used(path: Path) -> None:
    assert all(name.rpartition(".")[2].isupper() for name in imports(path) if name.startswith("functions."))


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "wiring.py"], ids=str)
def test_clients_are_made_in_the_composition_root_alone(path: Path) -> None:
    assert not {"boto3", "botocore.session"} & {
        name for imported in imports(path, at_run_time=True) for name in (imported, imported.rpartition(".")[0])
    }
    called = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    assert not {name for name in called if name.rpartition(".")[2] in MAKES_A_CLIENT}


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[1] == "ingest"], ids=str)
def test_ingest_imports_nothing_that_its_cold_start_would_pay_for(path: Path) -> None:
    heavy = {"pydantic", "stripe", "boto3", "aws_lambda_powertools", "jinja2"}
    assert not heavy & {package(name) for name in imports(path, at_run_time=True)}


def test_ingest_shares_only_modules_that_are_as_light_as_itself() -> None:
    used = {name for path in MODULES if path.parts[1] == "ingest" for name in imports(path, at_run_time=True)}
    own = {package(name) for name in used}
    todo, seen = shared_modules(used), set[Path]()
    while todo:
        path = todo.pop()
        seen.add(path)
        names = set(imports(path, at_run_time=True))
        assert {package(name) for name in names} <= own, path
        todo |= shared_modules(names) - seen


def test_every_handler_has_its_route() -> None:
    assert {handler.__module__ for handler in ROUTES.values()} == {
        ".".join(path.with_suffix("").parts) for path in HANDLERS
    }


@pytest.mark.parametrize("event_type", sorted(ROUTES))
def test_what_stripe_sends_to_a_route_has_a_sample(event_type: str) -> None:
    assert is_own(event_type) or (EVENTS / f"{event_type}.json").exists()


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_opens_by_saying_in_one_line_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(tree(path))
    assert docstring is not None
    assert docstring.splitlines()[0].endswith(".")
    assert (ROOT / path).read_text().startswith('"""')


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_is_read_in_one_sitting(path: Path) -> None:
    longest = 250 if path.is_relative_to("tests") else 200
    assert len((ROOT / path).read_text().splitlines()) < longest
