"""`billhook token` makes a token that access accepts, beside the app's older ones or in their place."""

import json
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from cli.command import main
from functions.access.tokens import SHORTEST
from tests.consumer.tables import make_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_secretsmanager.client import SecretsManagerClient


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> "Iterator[SecretsManagerClient]":
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("secretsmanager")
        make_table(boto3.client("dynamodb"), "BooksTable", "billhook-books")
        client.create_secret(Name="billhook/access-tokens", SecretString='{"shop": ["old"], "app": ["other"]}')
        yield client


def stored(manager: "SecretsManagerClient") -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(
        manager.get_secret_value(SecretId="billhook/access-tokens")["SecretString"]
    )
    return found


@pytest.mark.parametrize(("options", "others"), [((), ["old"]), (("--alone",), [])])
def test_a_token_is_stored_and_printed_once(
    manager: "SecretsManagerClient", capsys: pytest.CaptureFixture[str], options: tuple[str, ...], others: list[str]
) -> None:
    assert main(["token", "shop", "--stack", "billhook", *options]) == 0
    printed = capsys.readouterr().out.strip()
    assert stored(manager) == {"shop": [printed, *others], "app": ["other"]}
    assert len(printed) >= SHORTEST


def test_without_the_stack_nothing_is_stored_and_it_says_so(
    manager: "SecretsManagerClient", capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["token", "shop", "--stack", "another"]) == 1
    assert "not stored" in capsys.readouterr().err
    assert manager
