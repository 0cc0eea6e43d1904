"""A plan in a file is carried out if all is as it was, and refused with the reason if something has moved."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from cli.operate import apply, plan
from cli.where import Where
from functions.consumer.settings import read_settings
from tests.cli.operator_at_work import Operator
from tests.cli.why.dead_line import BUG, SHAPE, DeadLine, dead_line
from tests.consumer.examples import MESSAGE_KEY
from tests.consumer.test_settings import ENVIRON


@pytest.fixture
def line(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> DeadLine:
    made = dead_line(at_work, monkeypatch)
    for name in ("evt_1", "evt_2"):
        made.dies(name)
    made.dies("evt_3", SHAPE)
    boto3.client("secretsmanager").create_secret(Name="message-key", SecretString=MESSAGE_KEY)
    monkeypatch.setattr(Where, "described", lambda _where: ({"MessageKeyId": "message-key"}, {"GroupBy": "account"}))
    return made


@pytest.fixture
def file(line: DeadLine, tmp_path: Path) -> Path:
    """The plan to redrive one cause."""
    made = tmp_path / "plan.json"
    said = line.types("redrive", "dlq.fifo", "--cause", "bug", "--plan", str(made))
    assert f"nothing was changed; the plan is in {made}" in said
    return made


def test_a_plan_says_everything_to_somebody_who_reads_the_file(line: DeadLine, file: Path) -> None:
    held: dict[str, Any] = json.loads(file.read_text())
    assert (held["command"], held["selection"]["cause"]) == ("redrive", "bug")
    assert held["place"] == "123456789012 eu-central-1 billhook"
    first = held["items"][0]
    token = line.at_work.world.inbox("evt_1")["token"]
    assert (first["id"], first["state"], first["token"]) == ("evt_1", "failed", token)
    assert "past due: no -> yes" in first["expected"]
    assert any(what.startswith("mail payment_failed") for what in first["expected"])
    assert held["consequence"][0].startswith("2 events would go back to events.fifo, of 1 customer: cus_")
    assert line.sent() == []


def test_a_plan_is_carried_out_as_it_was_read_and_the_audit_log_names_it(line: DeadLine, file: Path) -> None:
    said = line.types("apply", str(file))
    assert line.sent() == ["evt_1", "evt_2"]
    assert "2 messages moved to events.fifo" in said
    entry = line.audit()
    assert (entry["command"], entry["plan"]) == ("redrive", json.loads(file.read_text())["hash"])


def test_an_event_that_has_moved_is_named(line: DeadLine, file: Path) -> None:
    line.fails("evt_2", BUG, "another message")
    said = line.types("apply", str(file), code=1)
    assert "evt_2 has moved: another attempt has begun, and was failed when the plan was made" in said
    assert line.sent() == []


def test_an_event_that_is_done_is_named_with_its_state(line: DeadLine, file: Path) -> None:
    item = line.at_work.world.inbox("evt_1")
    line.at_work.world.store.client.update_item(
        TableName="billhook-inbox",
        Key={"id": {"S": item["id"]}},
        UpdateExpression="SET #s = :done",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":done": {"S": "done"}},
    )
    assert "evt_1 has moved: it is done now, and was failed" in line.types("apply", str(file), code=1)


def test_a_file_that_was_edited_is_refused(line: DeadLine, file: Path) -> None:
    file.write_text(file.read_text().replace('"cause": "bug"', '"cause": ""'))
    assert "has been changed since the plan was made" in line.types("apply", str(file), code=1)
    assert line.sent() == []


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"hash": "", "billhook_plan": 1, "items": [{}]}'])
def test_a_file_that_is_no_plan_is_refused(line: DeadLine, tmp_path: Path, text: str) -> None:
    (tmp_path / "strange").write_text(text)
    said = line.types("apply", str(tmp_path / "strange"), code=1)
    assert "strange is no plan. A command writes one with --plan" in said
    assert "no plan can be read" in line.types("apply", str(tmp_path / "nothing"), code=1)


@pytest.mark.parametrize("text", ["# Billhook\n", "{}", "[1]", "7", "\0"])
@pytest.mark.parametrize("command", [("redrive", "dlq.fifo"), ("replay", "evt_1")], ids=["redrive", "replay"])
def test_a_plan_overwrites_no_other_file(line: DeadLine, tmp_path: Path, command: tuple[str, ...], text: str) -> None:
    (tmp_path / "README.md").write_text(text)
    said = line.types(*command, "--plan", str(tmp_path / "README.md"), code=1)
    assert "README.md exists and is no plan" in said
    assert (tmp_path / "README.md").read_text() == text


def test_a_plan_replaces_an_older_plan(line: DeadLine, file: Path) -> None:
    line.types("redrive", "dlq.fifo", "--plan", str(file))
    assert json.loads(file.read_text())["selection"]["cause"] == ""


def test_other_code_is_refused(line: DeadLine, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "code_version", lambda: "0.2.0+ffffffff")
    said = line.types("apply", str(file), code=1)
    assert "the plan was made by code 0.2.0+" in said
    assert "and this checkout is 0.2.0+ffffffff" in said


def test_another_stack_is_refused(line: DeadLine, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "place_of", lambda _where: "123456789012 eu-west-1 billhook")
    said = line.types("apply", str(file), code=1)
    assert "the plan is for 123456789012 eu-central-1 billhook, and this is 123456789012 eu-west-1 billhook" in said


def test_another_policy_is_refused(line: DeadLine, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = {f"{table.upper()}_TABLE": f"billhook-{table}" for table in ("inbox", "books", "tombstones", "access")}
    other = read_settings({**ENVIRON, **here, "ERASE_WAITS": "false", "GUEST_ORDER_DAYS": "17"})
    monkeypatch.setattr(apply, "settings_of", lambda _where: other)
    assert "the stack decides with another policy" in line.types("apply", str(file), code=1)


def test_a_new_dead_letter_does_not_join_the_plan_of_a_whole_queue(line: DeadLine, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    line.types("redrive", "dlq.fifo", "--plan", str(file))
    line.dies("evt_4")
    assert "evt_4 is new: it would be changed, too" in line.types("apply", str(file), code=1)


def test_a_new_dead_letter_stays_when_one_cause_is_applied(line: DeadLine, file: Path) -> None:
    line.dies("evt_4")
    line.types("apply", str(file))
    assert line.sent() == ["evt_1", "evt_2"]


def test_a_replay_is_planned_and_applied_too(line: DeadLine, tmp_path: Path) -> None:
    file = tmp_path / "replay.json"
    said = line.types("replay", "evt_1", "--plan", str(file))
    assert "1 event into the queue of billhook, 1 mail at most: 1 payment_failed" in said
    assert line.sent() == []
    line.types("apply", str(file))
    assert line.sent() == ["evt_1"]
    assert (line.audit()["command"], line.audit()["outcome"]) == ("replay", {"queued": 1})


def test_a_replay_of_an_event_that_has_moved_is_refused(line: DeadLine, tmp_path: Path) -> None:
    file = tmp_path / "replay.json"
    line.types("replay", "evt_1", "--plan", str(file))
    line.fails("evt_1", BUG, "another message")
    assert "evt_1 has moved" in line.types("apply", str(file), code=1)
    assert line.sent() == []
