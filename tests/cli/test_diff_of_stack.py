"""`billhook diff --stack` plays a stack's archived events, and compares with its journals or with another commit."""

import shutil
from pathlib import Path

import pytest

from cli.changes import archived, diff
from functions.consumer.settings import policy_of, read_settings
from shared.policy.plans import Plans
from shared.policy.policy import Policy
from tests.cli.operator_at_work import Operator
from tests.consumer.test_settings import ENVIRON
from tests.support.samples import sample

PLAYED = ("functions", "shared", "tests", "cli", "events")
FAILED = "functions/consumer/handlers/invoice_payment_failed.py"
STORY = ("customer.created", "customer.subscription.created", "invoice.payment_failed")
STACK = ("diff", "--stack", "billhook")


@pytest.fixture(autouse=True)
def deployed(monkeypatch: pytest.MonkeyPatch, at_work: Operator) -> None:
    """A stack that has handled a customer's first events with today's code, on moto's clock."""
    here = {f"{table.upper()}_TABLE": f"billhook-{table}" for table in ("inbox", "books", "tombstones", "access")}
    monkeypatch.setattr(archived, "settings_of", lambda _where: read_settings(ENVIRON | here))
    monkeypatch.setattr(archived, "time", type("Clock", (), {"time": staticmethod(at_work.world.clock)}))
    at_work.world.policy = policy_of(read_settings(ENVIRON | here))
    for number, name in enumerate(STORY, start=1):
        at_work.world.clock.now += 60
        at_work.handles(name, f"evt_{number}", account=None)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A checkout whose handler of failed payments sends no mail."""
    for folder in PLAYED:
        ignored = shutil.ignore_patterns("__pycache__", "*.js")
        shutil.copytree(diff.ROOT / folder, tmp_path / folder, ignore=ignored)
    text = (tmp_path / FAILED).read_text()
    assert "then=(*notice, reminder)" in text
    (tmp_path / FAILED).write_text(text.replace("then=(*notice, reminder)", "then=(reminder,)"))
    return tmp_path


def test_the_code_that_decided_differs_in_nothing_from_its_journals(at_work: Operator) -> None:
    said = at_work.types("diff")
    assert "differently from `the journal`" in said
    assert "**Every decision is the same.**" in said
    assert "Events: 3 of 3 events that entered from" in said


def test_a_mail_that_the_working_tree_leaves_out_is_named(
    at_work: Operator, changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diff, "ROOT", changed)
    said = at_work.types("diff")
    assert "| mail `payment_failed` is gone | `invoice.payment_failed` | 1 | evt_3 |" in said
    assert "**One decision differs.**" in said


def test_a_message_of_new_rules_is_not_played_since_it_means_those_of_its_time(at_work: Operator) -> None:
    at_work.world.clock.now += 60
    at_work.world.policy = Policy(plans=Plans())
    rules = at_work.world.policy.access_fingerprint
    customer = sample(STORY[0]).object["id"]
    was = {"access": True, "plan": "of old"}
    about = {"object": "access", "id": "plans_1", "customer": customer, "policy": rules, "was": was}
    at_work.handles(STORY[1], "plans_1", type="plans.applied", account=None, data={"object": about})
    assert any("#plans_1#" in one["sk"] for one in at_work.world.books(f"platform#{customer}").values())
    assert "**Every decision is the same.**" in at_work.types("diff")


def test_only_events_of_the_window_are_compared(
    at_work: Operator, changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diff, "ROOT", changed)
    assert "Events: 1 of 3 events" in at_work.types("diff", "--most", "1")
    at_work.world.clock.now += 3600
    assert "--since 7d looks further back" in at_work.types("diff", "--since", "1m", code=1)


def test_another_commit_is_compared_without_a_value_of_a_mail(
    at_work: Operator, changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diff, "_check_out", lambda _base, folder: shutil.copytree(changed, folder, dirs_exist_ok=True))
    said = at_work.types("diff", "--base", "main")
    assert "| `payment_failed` is new | `invoice.payment_failed` | 1 | evt_3 |" in said
    assert "@" not in said


def test_a_customer_whose_first_events_are_gone_is_left_out(at_work: Operator) -> None:
    (first,) = [one for one in at_work.world.books(_partition(at_work)).values() if "#evt_1#" in one["sk"]]
    key = {"pk": {"S": first["pk"]}, "sk": {"S": first["sk"]}}
    at_work.world.store.client.delete_item(TableName=at_work.world.store.books, Key=key)
    assert "Left out: 1 whose archive does not begin with the first event." in at_work.types("diff")


def _partition(at_work: Operator) -> str:
    return f"platform#{at_work.world.inbox('evt_1')['subject']}"
