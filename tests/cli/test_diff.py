"""`billhook diff` names each mail, announcement and record that a change of the code alters, and nothing else."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cli.changes.corpus import own_stories, stories_in
from cli.changes.diff import ROOT, compared, report
from cli.changes.differences import differences
from cli.errors import RefusedError
from tests.support.samples import sample

PLAYED = ("functions", "shared", "tests", "cli", "events")
STORIES = {name: own_stories()[name] for name in ("sample invoice.paid", "story dunning", "story left")}
FAREWELL = "functions/consumer/handlers/farewell_due.py"
FAILED = "functions/consumer/handlers/invoice_payment_failed.py"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the code, for a test to change."""
    for folder in PLAYED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.js"))
    return tmp_path


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def step(*effects: dict[str, Any], **saves: dict[str, Any]) -> dict[str, Any]:
    return {"id": "evt_1", "type": "invoice.paid", "at": 1, "then": list(effects), "saves": saves}


def mail(**changed: object) -> dict[str, Any]:
    return {"kind": "email", "template": "receipt", "key": "receipt#in_1", "to": "ann@example.com"} | changed


def said(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.about, one.says) for one in differences("story", [before], [after])]


def test_the_same_code_decides_the_same(checkout: Path) -> None:
    assert "**Every decision is the same.**" in compared("main", checkout, ROOT, STORIES)


def test_a_mail_that_no_longer_goes_is_named_with_its_event(checkout: Path) -> None:
    replaced(checkout / FAILED, "then=(*notice, reminder)", "then=(reminder,)")
    told = compared("main", ROOT, checkout, STORIES)
    assert "**One decision differs.**" in told
    assert "| `payment_failed` is gone | `invoice.payment_failed` | 1 | story dunning, event 3 |" in told


def test_a_decision_that_now_fails_is_named_and_its_story_goes_on(checkout: Path) -> None:
    replaced(checkout / FAILED, "    invoice = read(Invoice, event.object)\n", "    raise KeyError\n")
    told = compared("main", ROOT, checkout, {"story dunning": STORIES["story dunning"]})
    assert "| decided → KeyError | `invoice.payment_failed` | 1 | story dunning, event 3 |" in told
    assert "story dunning, event 6" in told


def test_a_message_that_comes_due_after_the_story_is_played_too(checkout: Path) -> None:
    replaced(checkout / FAREWELL, ") -> Decision:\n", ") -> Decision:\n    raise KeyError\n")
    assert "| decided → KeyError | `farewell.due` |" in compared("main", ROOT, checkout, STORIES)


def test_code_that_cannot_be_imported_is_named(checkout: Path) -> None:
    replaced(checkout / FAREWELL, '"""farewell.due', 'raise RuntimeError\n"""farewell.due')
    with pytest.raises(RefusedError, match="the code of the working tree cannot be played: RuntimeError"):
        compared("main", ROOT, checkout, STORIES)


def test_a_field_of_a_mail_is_shown_before_and_after() -> None:
    assert said(step(mail()), step(mail(to=None))) == [("mail", "`receipt`: to `ann@example.com` → nothing")]


def test_a_field_of_a_record_is_named_but_not_shown() -> None:
    before, after = ({"acct#cus_1/organization": {"name": name}} for name in ("Ann", "Bea"))
    assert said(step(**before), step(**after)) == [("record", "`organization`: `name` differs")]


def test_a_new_announcement_is_named() -> None:
    new = {"kind": "publish", "name": "organization.access_granted", "id": "1", "version": 1}
    assert said(step(), step(new)) == [("announcement", "`organization.access_granted` is new")]
    assert said(step(new), step(new | {"version": 2})) == []


def test_a_commit_that_git_does_not_know_is_refused() -> None:
    with pytest.raises(RefusedError, match="git has no commit 'no-such-branch': --base takes a branch"):
        report("no-such-branch", STORIES)


def test_each_file_of_a_folder_is_a_story(tmp_path: Path) -> None:
    event = json.loads((ROOT / "events/invoice.paid.json").read_text())
    (tmp_path / "one.json").write_text(json.dumps(event))
    (tmp_path / "two.jsonl").write_text(f"{json.dumps(event)}\n{json.dumps(event)}\n")
    found = stories_in(tmp_path)
    assert {name: len(events) for name, events in found.items()} == {"one.json": 1, "two.jsonl": 2}
    assert json.loads(found["one.json"][0])["id"] == sample("invoice.paid").id


@pytest.mark.parametrize(
    ("text", "why"), [("{", "is no JSON"), ('{"object": "invoice"}', "number 1 is no event"), ("[3]", "number 1 is no")]
)
def test_a_file_that_holds_no_event_is_named(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "mine.json").write_text(text)
    with pytest.raises(RefusedError, match=f"mine.json.*{why}"):
        stories_in(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"has no file \*.json or \*.jsonl"):
        stories_in(tmp_path)
