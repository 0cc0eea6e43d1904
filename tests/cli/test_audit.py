"""The audit log has an entry of each change before the change begins, and its outcome after it ends."""

from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from cli.command import COMMANDS, Entry
from cli.errors import RefusedError
from cli.operate.audit import Change, audited
from cli.operate.code import code_version
from cli.see import audit as seen
from cli.where import Where
from shared.runtime.version import VERSION
from shared.tables.attributes import to_item
from tests.cli.operator_at_work import Operator

ROOT = Path(__file__).parents[2]
UNAUDITED = {"deploy", "doctor", "import", "completion"}
"""CloudFormation keeps a log of its own; the doctor only looks."""
WHERE = Where(stack="billhook")
CHANGE = Change("redrive", {"queue": "dlq.fifo", "filters": ["type:invoice.*"], "most": None}, "a1b2c3d4e5f6a7b8")


def entries(at_work: Operator) -> Any:  # noqa: ANN401 - JSON
    return at_work.reads("audit")


def test_an_entry_says_when_who_what_and_with_which_code_and_outcome(at_work: Operator) -> None:
    with audited(WHERE, CHANGE) as counts:
        counts["moved"] += 12
    (entry,) = entries(at_work)
    assert entry["pk"] == f"audit#{entry['sk'][:7]}"
    assert entry["who"].startswith("arn:aws:sts::")
    assert (entry["command"], entry["state"], entry["outcome"]) == ("redrive", "done", {"moved": 12})
    assert entry["selection"] == {"queue": "dlq.fifo", "filters": ["type:invoice.*"]}
    assert entry["code"] == code_version()
    assert "expires_at" not in entry
    said = at_work.types("audit")
    assert "redrive  queue dlq.fifo, filters type:invoice.*  done after" in said
    assert "  12 moved\n" in said
    assert "plan a1b2c3d4e5f6\n" in said


def test_a_killed_command_leaves_an_entry_that_never_ended(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = audited(WHERE, CHANGE)
    attempt.__enter__()  # and then nothing
    (entry,) = entries(at_work)
    assert entry["state"] == "begun"
    assert "begun, and still at work" in at_work.types("audit")
    monkeypatch.setattr(seen, "STILL", -1)
    assert "begun, and never ended: it was killed" in at_work.types("audit")


@pytest.mark.parametrize(
    ("error", "state", "told"),
    [
        (KeyboardInterrupt(), "stopped", None),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "ann@example.com"}}, "SendMessage"), "failed", None),
        (RefusedError("ann@example.com"), "failed", "RefusedError"),
    ],
    ids=["Ctrl-C", "AWS", "refused"],
)
def test_a_failure_is_told_without_its_text(
    at_work: Operator, error: BaseException, state: str, told: str | None
) -> None:
    def fails() -> None:
        with audited(WHERE, CHANGE) as counts:
            counts["moved"] += 3
            raise error

    with pytest.raises(type(error)):
        fails()
    (entry,) = entries(at_work)
    assert (entry["state"], entry["outcome"]) == (state, {"moved": 3})
    assert "ann@example.com" not in str(entry)
    if told:
        assert entry["error"] == told


@pytest.mark.parametrize("refused", ["GetCallerIdentity", "PutItem"])
def test_a_command_that_cannot_write_its_entry_changes_nothing(
    at_work: Operator, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    at_work.refuses(monkeypatch, refused)
    changed: list[str] = []
    said = "nothing was changed, because the audit log cannot be written"
    with pytest.raises(RefusedError, match=said), audited(WHERE, CHANGE):
        changed.append("something")
    assert changed == []


def test_an_entry_that_cannot_be_completed_is_said_and_the_change_stands(
    at_work: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.refuses(monkeypatch, "UpdateItem")
    with audited(WHERE, CHANGE) as counts:
        counts["moved"] += 1
    assert "the audit log still says that this command has only begun" in at_work.capsys.readouterr().err


def test_the_screen_names_three_of_many_events(at_work: Operator) -> None:
    with audited(WHERE, Change("replay", {"events": [f"evt_{number}" for number in range(8)]})):
        pass
    assert "replay  events evt_0 evt_1 evt_2 and 5 more  done after" in at_work.types("audit")
    assert len(entries(at_work)[0]["selection"]["events"]) == 8


def test_a_dry_run_leaves_no_entry(at_work: Operator) -> None:
    with audited(WHERE, CHANGE, dry_run=True) as counts:
        counts["moved"] += 1
    at_work.types("audit", code=1)


def test_the_newest_comes_first_and_every_month_is_read(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    for month, day in ((11, 26), (9, 30), (10, 1)):
        key = {"pk": f"audit#2026-{month:02}", "sk": f"2026-{month:02}-{day:02}T10:00:00.000#{month}"}
        item = {**key, "began_ms": 0, "who": "arn:aws:iam::1:user/a", "command": "resend", "code": VERSION}
        at_work.world.store.client.put_item(
            TableName="billhook-books", Item=to_item({**item, "selection": {}, "state": "done", "ended_ms": 1})
        )
    monkeypatch.setattr("cli.see.audit.time.time", lambda: 1_795_700_000)  # 26 Nov 2026
    found = at_work.reads("audit", "--since", "2026-09-01")
    assert [one["pk"] for one in found] == ["audit#2026-11", "audit#2026-10", "audit#2026-09"]
    assert [one["pk"] for one in at_work.reads("audit", "--since", "2026-10-01T10:00Z")] == [
        "audit#2026-11",
        "audit#2026-10",
    ]
    at_work.types("audit", "--since", "2026-10-01T10:00Z")
    assert dict(at_work.calls) == {"Query": 2}


CARRIERS = ("with audited", "carry_out", "offer", "ask")
"""The context of an entry, and the functions that open one for several commands."""
CHANGES = [entry for entry in (*COMMANDS["Change"], *COMMANDS["Set up"]) if entry.name not in UNAUDITED]


@pytest.mark.parametrize("entry", CHANGES, ids=lambda entry: entry.name)
def test_every_command_that_changes_a_stack_writes_an_entry(entry: Entry) -> None:
    path = entry.path.partition(":")[0].replace(".", "/")
    source = (ROOT / f"{path}.py").read_text()
    assert any(f"{carrier}(where, " in source for carrier in CARRIERS)


def test_no_token_is_stored_without_an_entry(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = boto3.client("secretsmanager")
    manager.create_secret(Name="billhook/access-tokens", SecretString="{}")
    at_work.refuses(monkeypatch, "PutItem")
    assert "nothing was changed" in at_work.types("token", "shop", code=1)
    assert manager.get_secret_value(SecretId="billhook/access-tokens")["SecretString"] == "{}"


def test_a_token_and_a_secret_are_no_part_of_an_entry(at_work: Operator) -> None:
    boto3.client("secretsmanager").create_secret(Name="billhook/access-tokens", SecretString="{}")
    made = at_work.types("token", "shop").strip()
    (entry,) = entries(at_work)
    assert (entry["selection"], entry["outcome"]) == ({"app": "shop", "alone": False}, {"stored": 1})
    assert made not in str(entry)


def test_the_codes_version_changes_with_any_file() -> None:
    assert code_version().startswith(f"{VERSION}+")
    assert len(code_version()) == len(VERSION) + 9
