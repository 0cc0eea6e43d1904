"""Owed effects of committed events are handed over again on demand, unless a worker has them or gave them up."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

import cli.local.running
from cli.command import main
from cli.operate import hand_over
from functions.effects.lane.lease import lease
from shared.inbox.lanes import LANES
from tests.consumer.examples import NOW, REGION, announcement, mail, reminder
from tests.consumer.faults import Faults
from tests.consumer.tables import make_tables
from tests.consumer.world import World
from tests.effects.owed_effects import owe

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

HOUR = 3600


@dataclass
class Desk:
    """Where somebody types the command."""

    world: World
    sqs: "SQSClient"
    patch: pytest.MonkeyPatch

    def types(self, *arguments: str) -> int:
        self.patch.setattr(hand_over, "time", SimpleNamespace(time=self.world.clock))
        return main(["handover", *arguments])

    def told(self) -> list[tuple[str, str]]:
        """What lies in the queues of the lanes, by lane and event."""
        found: list[tuple[str, str]] = []
        for lane in LANES:
            url = self.sqs.get_queue_url(QueueName=f"billhook-{lane}")["QueueUrl"]
            messages = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            found += [(lane, json.loads(message["Body"])["event"]) for message in messages]
        return found


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")
        for lane in LANES:
            sqs.create_queue(QueueName=f"billhook-{lane}")
        world = World.on(dynamodb, make_tables(dynamodb, "billhook"), Faults(dynamodb, lambda _request: None))
        owe(world, mail(), reminder())
        world.clock.now += 60
        yield Desk(world, sqs, monkeypatch)
        sqs.close()
        dynamodb.close()


def test_both_lanes_are_handed_over_and_named(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.types("--stack", "billhook") == 0
    assert desk.told() == [("effects", "evt_1"), ("mails", "evt_1")]
    assert capsys.readouterr().out.splitlines() == [
        "handed over  effects  evt_1  acct_1",
        "handed over  mails    evt_1  acct_1",
        "2 handed over",
    ]


def test_a_dry_run_only_says_so(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = desk.world.inbox()
    assert desk.types("--stack", "billhook", "--dry-run") == 0
    assert (desk.told(), desk.world.inbox()) == ([], before)
    assert capsys.readouterr().out.splitlines()[-1] == "2 to hand over"


def test_only_what_should_have_gone_on_long_ago_is_handed_over_if_asked(desk: Desk) -> None:
    assert desk.types("--stack", "billhook", "--after", "1h") == 0
    assert desk.told() == []
    desk.world.clock.now += HOUR
    desk.types("--stack", "billhook", "--after", "1h")
    assert len(desk.told()) == 2


def test_what_a_worker_has_or_has_performed_is_left_alone(desk: Desk) -> None:
    desk.world.work("effects")
    lease(desk.world.store, desk.world.owed_message("mails"))
    assert desk.types("--stack", "billhook") == 0
    assert desk.told() == []


@pytest.mark.parametrize(("asked", "told"), [((), []), (("--failed",), [("effects", "evt_2")])])
def test_what_was_given_up_is_handed_over_only_if_asked(
    desk: Desk, asked: tuple[str, ...], told: list[tuple[str, str]]
) -> None:
    desk.world.work_all()
    owe(desk.world, announcement(), event_id="evt_2")
    holder = {"token": "a", "lease_until": 0, "failed_ms": (NOW + 1) * 1000, "sent_ms": NOW * 1000}
    desk.world.write_inbox({"effects_holder": holder, "state": "failed"}, "evt_2")
    desk.world.clock.now += 60
    assert desk.types("--stack", "billhook", *asked) == 0
    assert desk.told() == told


def test_a_stack_that_is_not_there_is_an_error_in_words(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.types("--stack", "another") == 1
    assert "stopped; what was handed over stays so" in capsys.readouterr().err


def test_a_length_of_time_that_is_none_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.types("--after", "soon") == 2
    assert "soon is no length of time: say 1h, 90m or 2d" in capsys.readouterr().err


def test_without_a_stack_it_is_the_local_cloud_that_is_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(cli.local.running, "FOLDER", tmp_path)
    assert desk.types() == 1
    assert "no local cloud runs" in capsys.readouterr().err
