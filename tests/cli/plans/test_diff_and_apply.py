"""`billhook plans diff` says whom new rules would change; `plans apply` has the consumer write their items again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from cli.command import main
from cli.plans import apply, check, diff
from cli.where import Where
from functions.consumer.settings import read_settings
from shared.compression.packing import pack, unpack
from shared.policy import plans_file
from shared.policy.plans_file import parse_plans
from shared.policy.policy import Policy
from shared.tables.attributes import from_item
from tests.cli.line import handled, queued
from tests.cli.operator_at_work import Operator, operator
from tests.consumer.examples import MESSAGE_KEY
from tests.consumer.test_settings import ENVIRON
from tests.support.samples import sample

BOUGHT = sample("customer.subscription.created")
CUSTOMER = str(BOUGHT.object["customer"])
FILE = (Path(__file__).parents[2] / "business/plans.toml").read_text()
LARGER = FILE.replace(
    'features = ["exports"]\nlimits = { seats = 5,', 'features = ["exports", "api"]\nlimits = { seats = 9,'
)


class Desk:
    """The operator, and the rules in the checkout; `deployed` says whether the consumer has them, too."""

    def __init__(self, at_work: Operator, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at_work = at_work
        self.file = file
        self.deployed = True
        self.code = "code 1"
        self.slept = 0.0
        self.patch = monkeypatch
        self.sleeps(self.sleep)
        monkeypatch.setattr(apply, "_deployed_code", lambda _where: self.code)

    def sleeps(self, sleep: Callable[[float], None]) -> None:
        """The command's clock, which passes only while the command sleeps."""
        self.patch.setattr(apply, "time", SimpleNamespace(time=lambda: 1_800_000_000 + self.slept, sleep=sleep))

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        if self.deployed:
            self.at_work.world.policy = Policy(plans=parse_plans(self.file.read_text()))
            handled(self.at_work)

    def types(self, *words: str, code: int = 0) -> str:
        assert main(["plans", *words, "--stack", "billhook"]) == code
        return "".join(self.at_work.capsys.readouterr())

    def subscribes(self, number: int) -> str:
        """Another customer buys the same."""
        customer = f"cus_{number}"
        obj = {**BOUGHT.object, "id": f"sub_{number}", "customer": customer}
        self.at_work.handles("customer.subscription.created", f"evt_{number}", data={"object": obj})
        return customer

    def item(self, customer: str = CUSTOMER) -> dict[str, Any]:
        key = {"pk": {"S": f"platform#{customer}"}, "sk": {"S": "access"}}
        return from_item(boto3.client("dynamodb").get_item(TableName="billhook-access", Key=key).get("Item", {}))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Desk]:
    file = tmp_path / "plans.toml"
    file.write_text(FILE)
    for module in (check, plans_file):
        monkeypatch.setattr(module, "PLANS", file)
    tables = {f"{table.upper()}_TABLE": f"billhook-{table}" for table in ("inbox", "books", "tombstones", "access")}
    monkeypatch.setattr(diff, "settings_of", lambda _where: read_settings(ENVIRON | tables))
    monkeypatch.setattr(Where, "described", lambda _where: ({"MessageKeyId": "message-key"}, {"GroupBy": "account"}))
    with operator(monkeypatch, capsys) as at_work:
        boto3.client("secretsmanager").create_secret(Name="message-key", SecretString=MESSAGE_KEY)
        made = Desk(at_work, file, monkeypatch)
        at_work.world.policy = Policy(plans=parse_plans(FILE))
        at_work.handles("customer.subscription.created", "evt_1")
        made.subscribes(2)
        made.subscribes(3)
        yield made


def test_the_same_rules_change_nothing_and_read_no_record(desk: Desk) -> None:
    said = desk.types("diff")
    assert "no item would change" in said
    assert "read 3 items and 0 records" in said


def test_customers_are_grouped_by_their_change_and_nothing_is_changed(desk: Desk) -> None:
    desk.file.write_text(LARGER)
    said = desk.types("diff")
    assert "3 customers: features + api; limit seats 5 -> 9" in said
    assert "such as platform#cus_" in said
    assert "read 3 items and 3 records" in said
    assert queued(desk.at_work) == []
    assert desk.item()["limits"]["seats"] == 5


def test_the_groups_are_json_on_request(desk: Desk) -> None:
    desk.file.write_text(LARGER)
    told = json.loads(desk.types("diff", "--json", "--most", "2"))
    (group,) = told["groups"]
    assert (group["count"], group["changes"]["features"]) == (2, [["exports"], ["api", "exports"]])


def test_a_mistake_in_the_file_stops_both_commands(desk: Desk) -> None:
    desk.file.write_text(FILE.replace("seats = 5", "seats = 5.5"))
    for command in ("diff", "apply"):
        assert "seats = 5.5 is no whole number" in desk.types(command, code=1)


def test_apply_rewrites_each_item_and_announces_what_has_changed(desk: Desk) -> None:
    desk.file.write_text(LARGER)
    said = desk.types("apply", "--yes", "--pace", "2")
    assert "3 messages into the queue of billhook, 2 a second: 2 s" in said
    assert "3 messages sent" in said
    assert [desk.item(one)["limits"]["seats"] for one in (CUSTOMER, "cus_2", "cus_3")] == [9, 9, 9]
    assert desk.slept == 2.5  # a second for the first item, and half a second after each message
    assert "no item would change" in desk.types("diff")
    desk.at_work.world.work_all()
    told = [one for one in desk.at_work.world.services.announcements if one.id.startswith("plans_")]
    assert {(one.name, one.facts["limit_seats"]) for one in told} == {("organization.plan_changed", 9)}
    assert len(told) == 3


def test_without_a_yes_nothing_is_sent(desk: Desk) -> None:
    desk.file.write_text(LARGER)
    assert "add --yes" in desk.types("apply", code=1)
    assert queued(desk.at_work) == []


def test_a_second_run_goes_on_where_the_first_has_stopped(desk: Desk) -> None:
    desk.file.write_text(LARGER)
    assert "1 message sent" in desk.types("apply", "--yes", "--most", "1")
    assert "2 messages sent" in desk.types("apply", "--yes")
    assert "no item would change" in desk.types("diff")


def test_ctrl_c_stops_between_two_messages(desk: Desk) -> None:
    desk.file.write_text(LARGER)

    def stopped(seconds: float) -> None:
        desk.sleep(seconds)
        raise KeyboardInterrupt

    desk.sleeps(stopped)
    assert desk.types("apply", "--yes", code=130).endswith("stopped\n")
    desk.sleeps(desk.sleep)
    assert "2 messages sent" in desk.types("apply", "--yes")


def test_rules_that_are_not_deployed_stop_at_the_first_message(desk: Desk) -> None:
    desk.deployed = False
    desk.file.write_text(LARGER)
    assert "is this file deployed" in desk.types("apply", "--yes", code=1)
    ((_, state),) = handled(desk.at_work)
    assert state == "done"
    assert desk.item()["limits"]["seats"] == 5
    desk.deployed, desk.code = True, "code 2"  # the deployment brings new ids
    assert "3 messages sent" in desk.types("apply", "--yes")
    assert desk.item()["limits"]["seats"] == 9


def test_only_the_hash_changes_where_nothing_else_does_and_nobody_is_told(desk: Desk) -> None:
    desk.file.write_text(FILE.replace("projects = 200", "projects = 300"))
    assert "3 customers: nothing would change" in desk.types("diff")
    before = desk.item()
    desk.types("apply", "--yes")
    after = desk.item()
    assert before["policy"] != after["policy"]
    assert {name for name in after if before[name] != after[name]} <= {"policy", "version", "changed_at", "saved_ms"}
    desk.at_work.world.work_all()
    assert not [one for one in desk.at_work.world.services.announcements if one.id.startswith("plans_")]


def test_customers_from_before_the_table_get_their_item_on_request(desk: Desk) -> None:
    dynamodb = boto3.client("dynamodb")
    table = boto3.resource("dynamodb").Table("billhook-books")
    key = {"pk": "platform#cus_2", "sk": "organization"}
    without_shown(table, key)
    dynamodb.delete_item(TableName="billhook-access", Key={"pk": {"S": "platform#cus_2"}, "sk": {"S": "access"}})
    assert "no item would change" in desk.types("diff")
    assert "1 customer without an access item would get one" in desk.types("diff", "--everyone")
    desk.types("apply", "--everyone", "--yes")
    assert desk.item("cus_2")["plan"] == "studio"
    assert "no item would change" in desk.types("diff", "--everyone")


def without_shown(table: Any, key: dict[str, str]) -> None:  # noqa: ANN401 - boto3's
    """The record as a version wrote it that had no access items."""
    record = json.loads(unpack(table.get_item(Key=key)["Item"]["record"].value))
    del record["shown"]
    table.update_item(
        Key=key,
        UpdateExpression="SET #record = :record",
        ExpressionAttributeNames={"#record": "record"},
        ExpressionAttributeValues={":record": pack(json.dumps(record))},
    )
