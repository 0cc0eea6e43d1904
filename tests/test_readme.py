"""What the README shows is true: its handler runs, its files exist, its commands are targets of the Makefile."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.samples import lists
from functions.consumer import routes
from shared.mails.catalogue import MAILS, mails_to
from shared.messages.internal_types import is_internal
from tests.support.watching import TEMPLATE

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
NEW_TYPE = "customer.tax_id.created"
TAX_ID = {
    "id": "evt_1UTaxIdHv8KpR2wXnTl3ZVm",
    "object": "event",
    "api_version": "2026-10-28.endive",
    "created": 1795342394,
    "livemode": True,
    "type": NEW_TYPE,
    "data": {"object": {"id": "txi_1UTaxIdHv8KpR2wX", "object": "tax_id", "customer": "cus_s4E7P0vk4zyEAh"}},
}
DECIDE = """
import json, sys
from functions.consumer import routes
from functions.consumer.decide.decide import decide
from shared.stripe_objects.event import Event
from tests.support.books import BooksOf

event = Event.model_validate(json.load(sys.stdin))
handler = routes.ROUTES[event.type]
assert handler.__annotations__ == routes.ROUTES["invoice.paid"].__annotations__
print(decide(event, BooksOf()).model_dump_json(include={"save", "then"}))
"""


@pytest.fixture
def extended(tmp_path: Path) -> Path:
    """A copy of the code with the README's handler and its route pasted in."""
    for folder in ("functions", "shared", "tests/support"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    handler, route = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (file,) = re.findall(r"`(functions/consumer/handlers/\w+\.py)`", README)
    (tmp_path / file).write_text(handler)
    imported, entry = route.strip().split("\n\n")
    table = (ROOT / "functions/consumer/routes.py").read_text()
    head = "ROUTES: Mapping[str, Handler] = {\n"
    assert head in table
    table = table.replace("from functions.consumer.message", f"{imported}\nfrom functions.consumer.message")
    (tmp_path / "functions/consumer/routes.py").write_text(table.replace(head, f"{head}{entry}\n"))
    return tmp_path


def test_the_handler_that_it_adds_does_not_exist_yet() -> None:
    assert NEW_TYPE in README
    assert NEW_TYPE not in routes.ROUTES


def test_the_handler_that_it_adds_works(extended: Path) -> None:
    ran = subprocess.run(  # noqa: S603 - the README's own code
        [sys.executable, "-c", DECIDE],
        input=json.dumps(TAX_ID),
        cwd=extended,
        env=os.environ | {"PYTHONPATH": str(extended)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr

    decision = json.loads(ran.stdout)
    (announced,) = decision["then"]

    assert decision["save"] == []
    assert announced["name"] == "organization.tax_id_added"
    assert announced["customer"] == "cus_s4E7P0vk4zyEAh"
    assert announced["facts"] == {"tax_id": "txi_1UTaxIdHv8KpR2wX"}


def test_it_is_read_in_a_few_minutes() -> None:
    assert len(README.encode()) <= 8 * 1024


def test_every_file_that_it_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert [link for link in links if not link.startswith("https://") and not (ROOT / link).exists()] == []


def test_every_make_target_that_it_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b", README)) - targets == set()


def test_the_table_of_events_is_the_route_table() -> None:
    document = (ROOT / "docs/events.md").read_text()
    table = document.partition("## What comes of each event")[2].partition("Anything else is recorded")[0]
    listed = re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)))
    assert sorted(listed) == sorted(type_ for type_ in routes.ROUTES if not is_internal(type_))


def test_the_table_of_mails_is_the_catalogue() -> None:
    document = (ROOT / "docs/mails.md").read_text()
    table = document.partition("## To customers")[2].partition("## To the operator")[0]
    listed = dict(re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", table, re.MULTILINE))
    assert listed == {name: mail.stripes_own or "none" for name, mail in MAILS.items() if mail.audience != "operator"}


def test_the_table_of_mails_to_the_operator_is_their_list() -> None:
    table = (ROOT / "docs/mails.md").read_text().partition("## To the operator")[2]
    first_cells = "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE))
    assert sorted(re.findall(r"`([a-z_]+)`", first_cells)) == sorted(mails_to("operator"))


def test_make_wrap_writes_the_lists_that_follow_from_the_code() -> None:
    mails, types = lists.MAILS_SENT.read_text(), lists.EVENT_TYPES.read_text()
    without_receipt = re.sub(r"^\| `receipt` .*\n", "", mails, flags=re.MULTILINE)
    without_overpaid = re.sub(r"^\| `invoice_overpaid` .*\n", "", mails, flags=re.MULTILINE)
    assert mails not in {without_receipt, without_overpaid}
    assert lists.with_mails(mails) == lists.with_mails(without_receipt) == mails
    assert lists.with_mails(without_overpaid) == without_overpaid + "| `invoice_overpaid` | invoice overpaid |\n"
    assert lists.with_types(types.replace('    "invoice.paid",\n', "")) == types


def test_make_wrap_adds_a_row_for_an_event_that_the_document_lacks() -> None:
    events = lists.EVENTS.read_text()
    without_payouts = re.sub(r"^\| `payout.created`, `payout.paid`.*\n", "", events, flags=re.MULTILINE)
    assert lists.with_events(events) == events
    assert "| `payout.created`, `payout.paid`, `payout.failed`, `payout.canceled` | " in lists.with_events(
        without_payouts
    )


def test_the_tables_of_parameters_are_the_templates() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE)
    assert dict(rows) == {name: default_of(parameter) for name, parameter in TEMPLATE["Parameters"].items()}
    assert len(rows) == len(dict(rows))


def default_of(parameter: dict[str, str]) -> str:
    default = parameter.get("Default")
    return "required" if default is None else f"`{default}`" if str(default) else "empty"
