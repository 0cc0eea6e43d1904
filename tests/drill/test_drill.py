"""After a bad night, every command that looks takes bounded time and calls, and says what to do next."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from cli.see import status
from cli.why import explain
from functions.consumer.settings import read_settings
from tests.cli.operator_at_work import Operator, operator
from tests.consumer.dynamodb_local import find_jar, running
from tests.consumer.examples import MESSAGE_KEY, NOW, REGION
from tests.consumer.test_settings import ENVIRON
from tests.drill.causes import CAUSES
from tests.drill.seed import Seed

ROOT = Path(__file__).parents[2]
SECONDS = 10
"""For one command, on a busy machine."""
CALLS = 250
"""Calls to AWS of one command at most, of 10,000 events."""


@pytest.fixture(params=[(60, 20), pytest.param((10_000, 300), marks=[pytest.mark.prove, pytest.mark.dynamodb_local])])
def drill(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Operator]:
    """The operator in front of a stack that is filled: on moto, or with 10,000 events in Amazon's DynamoDB Local."""
    events, dead = request.param
    monkeypatch.setattr(status, "_mappings", lambda _where: {"events.fifo": "Enabled"})
    here = {f"{table.upper()}_TABLE": f"billhook-{table}" for table in ("inbox", "books", "tombstones", "access")}
    monkeypatch.setattr(explain, "settings_of", lambda _where: read_settings(ENVIRON | here))
    if dead < 100:
        with operator(monkeypatch, capsys) as made:
            yield _filled(made, events, dead)
        return
    jar = find_jar()
    if jar is None:
        pytest.skip("DynamoDB Local is not installed: run `make dynamodb`")
    with running(jar) as url:
        client = boto3.client(
            "dynamodb",
            region_name=REGION,
            endpoint_url=url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        with operator(monkeypatch, capsys, client) as made:
            yield _filled(made, events, dead)


def _filled(made: Operator, events: int, dead: int) -> Operator:
    Seed(made.world.store.client, made.sqs, "billhook", MESSAGE_KEY, NOW).fill(events, dead)
    return made


def test_each_command_that_looks_is_quick_and_says_what_to_type(drill: Operator) -> None:
    dead = drill.reads("dead")
    causes = {one["error"]: one for one in dead["causes"]}
    assert len(causes) == len(CAUSES), sorted(causes)
    assert sum(len(one["events"]) for one in causes.values()) == sum(dead["queues"].values())
    shape = next(one for error, one in causes.items() if "amount_remaining" in error)
    event = next(iter(shape["events"]))
    customer = drill.reads("show", event)["inbox"]["customer"]
    account = shape["accounts"][0] if len(shape["accounts"]) == 1 else drill.reads("show", event)["inbox"]["account"]
    looks = {
        ("status",): (1, "./billhook dead"),
        ("dead",): (0, "./billhook explain"),
        ("events",): (0, "events that entered"),
        ("events", "state:done", "type:invoice.*"): (0, "events that entered"),
        ("events", "state:unfinished"): (0, "unfinished events"),
        ("events", "state:failed", f"error:{shape['error']}"): (0, "it lies in dlq.fifo"),
        ("show", event): (0, "given up after 1 attempt"),
        ("explain", event): (1, "today's code fails: Permanent"),
        ("customer", customer, "--account", account): (0, "Events (1)"),
    }
    for words, (code, says) in looks.items():
        began = time.monotonic()
        assert says in drill.types(*words, code=code), words
        assert time.monotonic() - began < SECONDS, words
        assert drill.calls.total() <= CALLS, (words, drill.calls)


def test_the_drill_explains_itself_and_takes_no_odd_number() -> None:
    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.drill", *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own

    helped, wrong = typed("--help"), typed("0")
    assert (helped.returncode, "dead letters" in helped.stdout, helped.stderr) == (0, True, "")
    assert (wrong.returncode, "Traceback" in wrong.stderr) == (2, False)
    assert "Must be >= 1" in wrong.stderr


def test_a_finished_event_of_the_bad_night_has_a_story(drill: Operator) -> None:
    (found,) = drill.reads("events", "state:done", "type:invoice.paid", "--limit", "1")
    said = drill.types("show", found["id"])
    assert "Decision (code " in said
    assert "done" in said
