"""Imports go one way, AWS clients are made in one place, and every file stays small: read from the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.path import LAYERS
from functions.consumer.routes import ROUTES
from shared.messages.internal_types import is_internal

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "events"
MODULES = sorted(path.relative_to(ROOT) for folder in ("functions", "shared") for path in (ROOT / folder).rglob("*.py"))
HANDLERS = [path for path in MODULES if path.parent.name == "handlers"]
FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("functions", "shared", "cli", "clients", "examples", "infra", "bench", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
CALLS_OUT = {"boto3", "botocore", "http", "httpx", "requests", "socket", "ssl", "stripe", "urllib", "urllib3"}
ASKS_STRIPE = {
    Path("functions/effects/perform/observer.py"),
    Path("functions/effects/perform/stripe_reader.py"),
    Path("functions/reconcile/stripe_api.py"),
}
LONGEST_NAME = 80
"""Characters in the name of a test."""
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


def module(name: str) -> Path | None:
    """Our own file that an imported name comes from: a module, or something within one."""
    parts = name.split(".")
    paths = (Path(*parts[:end]).with_suffix(".py") for end in (len(parts), len(parts) - 1) if end)
    return next((path for path in paths if path in MODULES), None)


def reachable(start: Path) -> dict[Path, set[str]]:
    """What each module imports that is loaded with `start`, itself included."""
    todo, found = {start}, dict[Path, set[str]]()
    while todo:
        path = todo.pop()
        found[path] = set(imports(path, at_run_time=True))
        todo |= {known for name in found[path] if (known := module(name))} - found.keys()
    return found


def packages_reached(start: Path) -> set[str]:
    return {package(name) for names in reachable(start).values() for name in names}


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
    assert not {"tests", "infra", "cli"} & {package(name) for name in imports(path)}


def test_nothing_that_decides_can_call_out() -> None:
    assert not CALLS_OUT & packages_reached(Path("functions/consumer/decide/decide.py"))


def test_what_commits_can_call_out_and_would_be_found() -> None:
    assert packages_reached(Path("functions/consumer/consume.py")) & CALLS_OUT == {"botocore"}
    assert packages_reached(Path("functions/effects/perform/observer.py")) & CALLS_OUT == {"stripe"}


def test_nothing_that_decides_knows_of_tables_or_the_inbox() -> None:
    folders = {str(path.parent) for path in reachable(Path("functions/consumer/decide/decide.py"))}
    of_the_consumer = {"functions/consumer", "functions/consumer/decide", "functions/consumer/handlers"}
    assert folders <= of_the_consumer | {f"shared/{layer}" for layer in LAYERS[: LAYERS.index("tables")]}


def test_each_folder_of_shared_is_a_layer_and_no_module_lies_beside_them() -> None:
    assert {path.parent for path in MODULES if path.parts[0] == "shared"} == {Path("shared", layer) for layer in LAYERS}


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[0] == "shared"], ids=str)
def test_a_layer_imports_only_the_layers_before_it(path: Path) -> None:
    below = LAYERS[: LAYERS.index(path.parts[1]) + 1]
    used = {name.split(".")[1] for name in imports(path) if package(name) == "shared"}
    assert used <= set(below)


@pytest.mark.parametrize("path", [path for path in MODULES if path not in ASKS_STRIPE], ids=str)
def test_stripes_library_is_used_in_one_place_of_a_function(path: Path) -> None:
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
    own = {package(name) for name in used} | {"hashlib", "logging"}  # botocore imports both in any case
    for start in {path for name in used if (path := module(name)) and path.parts[0] == "shared"}:
        assert packages_reached(start) <= own, start


def test_every_handler_has_its_route() -> None:
    assert {handler.__module__ for handler in ROUTES.values()} == {
        ".".join(path.with_suffix("").parts) for path in HANDLERS
    }


@pytest.mark.parametrize("event_type", sorted(ROUTES))
def test_what_stripe_sends_to_a_route_has_a_sample(event_type: str) -> None:
    assert is_internal(event_type) or (EVENTS / f"{event_type}.json").exists()


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


def test_the_name_of_a_test_is_a_short_sentence() -> None:
    files = [path for path in FILES if path.name.startswith("test_")]
    functions = [
        (path, node.name) for path in files for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)
    ]
    assert [(path, name) for path, name in functions if name.startswith("test_") and len(name) > LONGEST_NAME] == []
