"""An engineer on call reads a customer's whole story, although the table holds it compressed."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

import cli.local.running
from cli.command import main
from tests.consumer.examples import REGION, stripe_event
from tests.consumer.faults import Faults
from tests.consumer.tables import make_tables
from tests.consumer.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        client = boto3.client("dynamodb")
        yield World.on(client, make_tables(client, "billhook"), Faults(client, lambda _request: None))
        client.close()


def shown(*arguments: str) -> int:
    return main(["customer", *arguments, "--raw"])


def test_records_mails_and_events_are_printed_as_json(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.consume()
    assert shown("cus_1", "--account", "acct_1", "--stack", "billhook") == 0
    held = json.loads(capsys.readouterr().out)
    assert held["records"]["organization"]["contact"]["candidates"][0]["value"]["email"] == "ann@example.com"
    assert ([one["key"] for one in held["mails"]], held["events"]) == (["told"], [stripe_event()])


@pytest.mark.usefixtures("world")
def test_a_customer_of_whom_nothing_is_held_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown("cus_2", "--stack", "billhook") == 1
    assert capsys.readouterr().err == "nothing is held about cus_2 of platform in billhook-books\n"


@pytest.mark.usefixtures("world")
def test_a_stack_that_is_not_there_is_an_error_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown("cus_1", "--stack", "another") == 1
    assert "is the name right (--stack)" in capsys.readouterr().err


def test_without_a_stack_it_is_the_local_cloud_that_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(cli.local.running, "FOLDER", tmp_path_factory.mktemp("local"))
    assert shown("cus_1") == 1
    assert "no local cloud runs" in capsys.readouterr().err
