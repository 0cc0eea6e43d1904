"""`billhook` lists its commands at once, keeps its exit codes, and says what to type instead of a traceback."""

import ast
import importlib
import resource
import subprocess
import sys
from functools import reduce
from pathlib import Path
from typing import Any, get_args

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError
from cyclopts import App

import cli.local.running
from cli.command import COMMANDS, Entry, build, main, overview
from cli.where import Where
from shared.policy.plans_file import PlansError

ROOT = Path(__file__).parents[2]
ENTRIES = [entry for entries in COMMANDS.values() for entry in entries]
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)


def refused(code: str, operation: str = "Query") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "not here"}}, operation)


def test_the_list_of_commands_is_there_in_half_a_second() -> None:
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime  # a busy machine makes it wait, but not work
    ran = subprocess.run([sys.executable, "-m", "cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < 0.5
    assert ran.stdout == overview()


def test_the_list_of_commands_imports_neither_cyclopts_nor_boto3() -> None:
    program = (
        "import sys; from cli.command import main; main([]); print({'cyclopts', 'boto3', 'rich'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert ran.stdout.splitlines()[-1] == "set()"


def test_a_checkout_runs_it_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('a module of the folder where somebody stands')")
    ran = subprocess.run([str(ROOT / "billhook")], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert (ran.returncode, ran.stdout) == (0, overview())


def test_the_list_fits_a_terminal_of_80_columns() -> None:
    assert [line for line in overview().splitlines() if len(line) > 80] == []


@each_entry
def test_a_line_of_the_list_is_the_first_line_of_the_commands_own_help(entry: Entry) -> None:
    module, _, name = entry.path.partition(":")
    function: Any = getattr(importlib.import_module(module), name)
    first = (function.__doc__ or "").splitlines()[0]
    assert first == f"{entry.help[0].upper()}{entry.help[1:]}."


@each_entry
def test_each_command_explains_itself(entry: Entry, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*entry.name.split(), "--help"]) == 0
    assert f"Usage: billhook {entry.name}" in capsys.readouterr().out


@each_entry
def test_each_argument_of_a_command_is_described(entry: Entry) -> None:
    arguments = reduce(App.__getitem__, entry.name.split(), build()).assemble_argument_collection(parse_docstring=True)
    shown = [argument for argument in arguments if argument.show]
    assert [argument.name for argument in shown if not argument.parameter.help] == []


@pytest.mark.parametrize("wrong", [["nothing"], ["send"], ["handover", "--nothing"], ["run", "--port", "many"]])
def test_a_wrong_command_line_ends_with_2_and_points_to_the_help(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(wrong) == 2
    assert "--help" in capsys.readouterr().err


def numbers_in(entry: Entry) -> list[str]:
    """The names of a command's arguments that are numbers."""
    arguments = reduce(App.__getitem__, entry.name.split(), build()).assemble_argument_collection()
    return [one.name for one in arguments if {int, float} & {one.hint, *get_args(one.hint)}]


NUMBERS = [(entry.name, name) for entry in ENTRIES for name in numbers_in(entry)]


def test_the_walk_finds_the_numbers_of_the_commands() -> None:
    assert {("tail", "--every"), ("dead", "--peek"), ("plans diff", "--most"), ("run", "--port")} <= set(NUMBERS)


@pytest.mark.parametrize(("command", "name"), NUMBERS)
def test_no_number_of_a_command_may_be_negative(command: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    about = {"customer": ["cus_1"], "redrive": ["dlq.fifo"]}.get(command, [])
    assert main([*command.split(), *about, name, "-1"]) == 2
    said = capsys.readouterr().err
    assert any(word in said for word in ("Must be >", "is no length of time")), said


@pytest.mark.parametrize(
    "words",
    [["events", "--limit"], ["tail", "--every"], ["plans", "diff", "--most"], ["customer", "cus_1", "--last"]],
    ids=lambda words: words[-1],
)
def test_a_number_of_things_to_show_is_one_at_least(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "0", "--stack", "billhook"]) == 2
    assert "Must be >=" in capsys.readouterr().err


@pytest.mark.parametrize("secret", ["whsec_typed", "sk_live_typed", "rk_test_typed"])
def test_a_wrong_option_is_not_repeated_if_it_is_a_secret(secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handover", f"--{secret}"]) == 2
    assert "typed" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (NoRegionError(), "add --region"),
        (NoCredentialsError(), "AWS_PROFILE"),
        (EndpointConnectionError(endpoint_url="https://sqs.nowhere"), "AWS does not answer"),
        (refused("AccessDeniedException"), "may not call Query"),
        (refused("ExpiredTokenException"), "log in again"),
        (refused("ResourceNotFoundException"), "--stack"),
        (refused("ValidationError", "DescribeStackResource"), "--stack"),
        (PlansError("plans.toml, line 3: a mistake"), "plans.toml, line 3: a mistake"),
        (refused("Throttling"), "Query failed (Throttling)"),
    ],
    ids=str,
)
def test_what_aws_refuses_is_said_in_words(
    error: Exception, advice: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_where: Where, _service: str) -> None:
        raise error

    monkeypatch.setattr(Where, "client", fails)
    assert main(["customer", "cus_1", "--stack", "billhook"]) == 1
    assert advice in capsys.readouterr().err


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_where: Where, _service: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Where, "client", fails)
    with pytest.raises(ZeroDivisionError):
        main(["customer", "cus_1", "--stack", "billhook"])


def test_ctrl_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fails(_where: Where, _service: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Where, "client", fails)
    assert main(["customer", "cus_1", "--stack", "billhook"]) == 130
    assert capsys.readouterr().err == "stopped\n"


def test_the_environment_can_name_the_stack(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Where] = []

    def client(where: Where, _service: str) -> None:
        asked.append(where)
        raise NoCredentialsError

    monkeypatch.setattr(Where, "client", client)
    monkeypatch.setattr(cli.local.running, "FOLDER", tmp_path)
    monkeypatch.setenv("BILLHOOK_STACK", "billhook-prod")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    main(["customer", "cus_1"])
    main(["customer", "cus_1", "--stack", "other", "--region", "us-east-2"])
    assert asked == [Where("billhook-prod", "eu-west-1"), Where("other", "us-east-2")]
    capsys.readouterr()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete_the_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    said = capsys.readouterr().out
    assert all(word in said for entry in ENTRIES for word in entry.name.split())


def test_no_module_of_the_cli_parses_arguments_by_itself() -> None:
    modules = {
        path: {
            alias.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        for path in (ROOT / "cli").rglob("*.py")
    }
    assert [path for path, names in modules.items() if "argparse" in names] == []
