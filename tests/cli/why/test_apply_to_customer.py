"""A planned erasure or export is carried out if the customer is as planned, and refused with the reason if not."""

import builtins
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.errors import RefusedError
from cli.operate import apply, audit, erase, plan
from functions.consumer.settings import read_settings
from shared.tables.attributes import to_item
from tests.cli.operator_at_work import Operator
from tests.cli.why import test_erase
from tests.cli.why.test_erase import CUSTOMER, queued
from tests.cli.why.test_replay import Terminal
from tests.consumer.test_settings import ENVIRON
from tests.support.samples import sample

stack, left = test_erase.stack, test_erase.left
DAY = 86_400


@pytest.fixture
def with_address(left: Operator) -> Operator:
    """A customer who has left and whose address is known."""
    left.world.clock.now += 1
    left.handles("customer.created", "evt_4")
    left.world.clock.now += 1
    return left


@pytest.fixture(params=["erase", "export"])
def file(request: pytest.FixtureRequest, with_address: Operator, tmp_path: Path) -> Path:
    """The plan of each command in a file."""
    made = tmp_path / f"{request.param}.json"
    said = with_address.types(request.param, CUSTOMER, "--plan", str(made))
    assert f"nothing was changed; the plan is in {made}: ./billhook apply {made}" in said
    assert queued(with_address) == []
    assert with_address.types("audit", code=1)
    return made


def applies(at_work: Operator, file: Path, code: int = 0) -> str:
    """Apply a plan as a script does; an erasure is confirmed by the option."""
    return at_work.types("apply", str(file), *(["--confirm", CUSTOMER] if file.stem == "erase" else []), code=code)


def test_the_file_says_everything_to_a_colleague_and_has_no_address(with_address: Operator, tmp_path: Path) -> None:
    with_address.types("export", CUSTOMER, "--reveal", "--plan", str(tmp_path / "plan.json"))
    text = (tmp_path / "plan.json").read_text()
    assert "accounts@example.com" not in text
    held: dict[str, Any] = json.loads(text)
    assert (held["command"], held["place"]) == ("export", "123456789012 eu-central-1 billhook")
    assert held["consequence"][0] == f"{CUSTOMER} of platform in billhook: this would be written and mailed"
    assert held["consequence"][-1] == "  1 mail at most: farewell to a…@example.com"
    assert held["items"][0]["state"] == "evt_4 (customer.created)"


def test_a_plan_is_carried_out_and_the_audit_log_names_it(with_address: Operator, file: Path) -> None:
    said = applies(with_address, file)
    (message,) = queued(with_address)
    body = json.loads(message["Body"])
    assert (body["type"], body["data"]["object"]["customer"]) == (
        {"erase": "erasure.asked", "export": "farewell.asked"}[file.stem],
        CUSTOMER,
    )
    assert f"./billhook show {body['id']}" in said
    assert all(line in said for line in json.loads(file.read_text())["consequence"])
    entry = with_address.reads("audit")[0]
    assert (entry["command"], entry["plan"]) == (file.stem, json.loads(file.read_text())["hash"])
    assert (entry["selection"]["customer"], entry["outcome"]) == (CUSTOMER, {"asked": 1})


def test_without_an_entry_in_the_audit_log_nothing_is_sent(
    with_address: Operator, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise RefusedError("nothing was changed, because the audit log cannot be written")

    monkeypatch.setattr(audit, "_begin", refuses)
    applies(with_address, file, code=1)
    assert queued(with_address) == []


@pytest.mark.parametrize(("typed", "sent"), [(CUSTOMER, 1), ("yes", 0), ("", 0)])
def test_an_erasure_wants_the_customers_id_typed_again(
    with_address: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, sent: int
) -> None:
    with_address.types("erase", CUSTOMER, "--plan", str(tmp_path / "plan.json"))
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(builtins, "input", lambda _question: typed)
    said = with_address.types("apply", str(tmp_path / "plan.json"), code=0 if sent else 1)
    assert ("nothing was changed: what you typed is not" in said) == (not sent)
    assert len(queued(with_address)) == sent


@pytest.mark.parametrize(
    ("options", "why"),
    [((), f"add --confirm {CUSTOMER} to do it"), (("--confirm", "cus_9"), "--confirm names cus_9")],
)
def test_a_script_must_name_the_customer_of_the_plan(
    with_address: Operator, tmp_path: Path, options: tuple[str, ...], why: str
) -> None:
    with_address.types("erase", CUSTOMER, "--plan", str(tmp_path / "plan.json"))
    assert why in with_address.types("apply", str(tmp_path / "plan.json"), *options, code=1)
    assert queued(with_address) == []


def test_who_means_an_erasure_gets_no_other_plan_carried_out(with_address: Operator, tmp_path: Path) -> None:
    with_address.types("export", CUSTOMER, "--plan", str(tmp_path / "plan.json"))
    said = with_address.types("apply", str(tmp_path / "plan.json"), "--confirm", CUSTOMER, code=1)
    assert "--confirm is for an erasure, and " in said
    assert "is a plan of export" in said
    assert queued(with_address) == []


def test_a_new_event_about_the_customer_is_named(with_address: Operator, file: Path) -> None:
    with_address.handles("invoice.paid", "evt_9")
    said = applies(with_address, file, code=1)
    newer = "evt_9 (invoice.paid); the newest was evt_4 (customer.created) when the plan was made"
    assert f"nothing was changed: {CUSTOMER} has a newer event, {newer}" in said
    assert queued(with_address) == []


def test_an_event_about_a_payment_of_the_customer_counts_too(with_address: Operator, tmp_path: Path) -> None:
    with_address.handles("payment_intent.succeeded", "evt_5")
    with_address.types("erase", CUSTOMER, "--plan", str(tmp_path / "erase.json"))
    payment = sample("payment_intent.succeeded").object["id"]
    dispute = {**sample("charge.dispute.created").object, "payment_intent": payment}
    with_address.world.clock.now += 1
    with_address.handles("charge.dispute.created", "evt_9", data={"object": dispute})
    assert CUSTOMER not in json.dumps(dispute)
    assert "has a newer event, evt_9 (charge.dispute.created)" in applies(with_address, tmp_path / "erase.json", code=1)
    assert queued(with_address) == []


def test_records_that_change_without_an_archived_event_are_noticed(with_address: Operator, file: Path) -> None:
    gone = next(one for one in with_address.world.books(f"platform#{CUSTOMER}").values() if "#evt_1#" in one["sk"])
    key = to_item({"pk": gone["pk"], "sk": gone["sk"]})
    with_address.world.store.client.delete_item(TableName="billhook-books", Key=key)
    said = applies(with_address, file, code=1)
    assert f"the records of {CUSTOMER} have changed since the plan was made, although no newer event" in said
    assert queued(with_address) == []


def test_a_customer_who_is_erased_already_is_told(with_address: Operator, file: Path) -> None:
    client = with_address.world.store.client
    for one in with_address.world.books(f"platform#{CUSTOMER}").values():
        client.delete_item(TableName="billhook-books", Key=to_item({"pk": one["pk"], "sk": one["sk"]}))
    key = to_item({"pk": f"platform#{CUSTOMER}", "sk": "access"})
    client.delete_item(TableName="billhook-access", Key=key)
    assert f"nothing is held about {CUSTOMER} any more" in applies(with_address, file, code=1)
    assert queued(with_address) == []


def test_a_line_that_time_alone_made_untrue_is_named(
    with_address: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, now = tmp_path / "erase.json", with_address.world.clock.now
    monkeypatch.setattr(erase, "time", SimpleNamespace(time=lambda: now))
    with_address.types("erase", CUSTOMER, "--plan", str(file))
    monkeypatch.setattr(erase, "time", SimpleNamespace(time=lambda: now + 400 * DAY))
    said = applies(with_address, file, code=1)
    assert "“the schedule farewell.due of " in said
    assert "will find nobody, and do nothing” is not so any more. Make a new plan" in said
    assert queued(with_address) == []


def test_other_code_is_refused(with_address: Operator, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "code_version", lambda: "0.2.0+ffffffff")
    assert "and this checkout is 0.2.0+ffffffff" in applies(with_address, file, code=1)
    assert queued(with_address) == []


def test_another_stack_is_refused(with_address: Operator, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "place_of", lambda _where: "123456789012 eu-west-1 billhook")
    assert "the plan is for 123456789012 eu-central-1 billhook, and this is " in applies(with_address, file, code=1)
    assert queued(with_address) == []


def test_another_policy_is_refused(with_address: Operator, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = {f"{table.upper()}_TABLE": f"billhook-{table}" for table in ("inbox", "books", "tombstones", "access")}
    other = read_settings({**ENVIRON, **here, "ERASE_WAITS": "false", "GUEST_ORDER_DAYS": "17"})
    monkeypatch.setattr(apply, "settings_of", lambda _where: other)
    assert "the stack decides with another policy" in applies(with_address, file, code=1)
    assert queued(with_address) == []


@pytest.mark.parametrize("command", ["erase", "export"])
def test_a_plan_overwrites_no_other_file(with_address: Operator, tmp_path: Path, command: str) -> None:
    (tmp_path / "README.md").write_text("# Billhook\n")
    said = with_address.types(command, CUSTOMER, "--plan", str(tmp_path / "README.md"), code=1)
    assert "README.md exists and is no plan" in said
