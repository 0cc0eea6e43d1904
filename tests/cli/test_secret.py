"""`billhook secret` takes a secret from a prompt or a pipe, and no command takes one as an argument."""

import getpass
import io
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from cli.command import main
from cli.samples import samples
from tests.consumer.tables import make_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_secretsmanager.client import SecretsManagerClient

ROOT = Path(__file__).parents[2]
TYPED = "whsec_typed"


class Terminal(io.StringIO):
    """Standard input of a person."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> "Iterator[SecretsManagerClient]":
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("secretsmanager")
        make_table(boto3.client("dynamodb"), "BooksTable", "billhook-books")
        client.create_secret(Name="signing-secrets", SecretString='{"direct": "whsec_old"}')
        yield client


def run(monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO, *arguments: str) -> int:
    monkeypatch.setattr(sys, "stdin", stdin)
    return main(["secret", "direct", "--stack", "billhook", "--secret-id", "signing-secrets", *arguments])


def stored(manager: "SecretsManagerClient") -> object:
    return json.loads(manager.get_secret_value(SecretId="signing-secrets")["SecretString"])["direct"]


def test_a_secret_is_typed_at_a_prompt_that_does_not_show_it(
    manager: "SecretsManagerClient", monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def typing(prompt: str) -> str:
        asked.append(prompt)
        return TYPED

    monkeypatch.setattr(getpass, "getpass", typing)
    assert run(monkeypatch, Terminal()) == 0
    assert stored(manager) == [TYPED, "whsec_old"]
    assert ["direct" in prompt for prompt in asked] == [True]
    assert TYPED not in "".join(capsys.readouterr())


def test_or_it_is_piped_in(manager: "SecretsManagerClient", monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, io.StringIO(f" {TYPED}\n"), "--alone") == 0
    assert stored(manager) == [TYPED]


@pytest.mark.parametrize("piped", ["", "\n", "sk_live_wrong\n"])
def test_nothing_and_what_is_no_signing_secret_are_not_stored(
    manager: "SecretsManagerClient", monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], piped: str
) -> None:
    assert run(monkeypatch, io.StringIO(piped)) == 1
    assert stored(manager) == "whsec_old"
    told = capsys.readouterr().err
    assert "whsec_" in told
    assert "sk_live" not in told


@pytest.mark.parametrize("argument", [TYPED, f"--value={TYPED}", f"--secret={TYPED}"])
def test_as_an_argument_it_is_neither_stored_nor_repeated(
    manager: "SecretsManagerClient",
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argument: str,
) -> None:
    assert run(monkeypatch, io.StringIO(TYPED), argument) == 2
    assert stored(manager) == "whsec_old"
    told = "".join(capsys.readouterr())
    assert "prompt" in told
    assert TYPED not in told


@pytest.mark.parametrize("command", ["send", "signed"])
def test_a_sample_is_not_signed_with_an_argument(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "invoice.paid", "--secret", TYPED]) == 2
    assert main([command, "invoice.paid", f"--{TYPED}"]) == 2
    assert TYPED not in capsys.readouterr().err


def test_a_sample_is_signed_with_the_secret_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGNING_SECRET", TYPED)
    assert main(["signed", "invoice.paid"]) == 0
    event = json.loads(capsys.readouterr().out)
    header = event["headers"]["stripe-signature"]
    at = int(re.findall(r"t=(\d+)", header)[0])
    assert header == samples.signature(event["body"].encode(), TYPED, at)


@pytest.mark.parametrize("path", ["README.md", "Makefile", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))])
def test_no_document_tells_anybody_to_type_a_secret_as_an_argument(path: str) -> None:
    shown = re.compile(r"(?:VALUE|SECRET)=(?:whsec|\$\()|--secret-string (?!file:)\S+|print-secret\)")
    assert shown.findall((ROOT / path).read_text()) == []
