"""What the README shows is true: its handler runs, its files exist, its commands are targets of the Makefile."""

import json
import re
from pathlib import Path
from typing import Any

from cli.samples import lists
from functions.consumer import routes
from shared.mails.catalogue import MAILS, mails_to
from shared.messages.internal_types import is_internal
from shared.stripe_objects.event import Event
from tests.support.books import BooksOf

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_handler_that_it_adds_works() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    module: dict[str, Any] = {}
    exec(code, module)  # noqa: S102 - running it is the test
    event = Event.model_validate(json.loads((ROOT / "events/customer.updated.json").read_text()))

    decision = module["handle"](event, BooksOf())

    assert decision.save[0].address == event.object["email"]
    assert module["handle"].__annotations__ == routes.ROUTES["invoice.paid"].__annotations__


def test_every_file_that_it_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert [link for link in links if not link.startswith("https://") and not (ROOT / link).exists()] == []


def test_every_make_target_that_it_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b", README)) - targets == set()


def test_its_table_of_events_is_the_route_table() -> None:
    table = README.partition("## Events")[2].partition("Anything else is recorded")[0]
    listed = re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)))
    assert sorted(listed) == sorted(type_ for type_ in routes.ROUTES if not is_internal(type_))


def test_its_table_of_mails_is_the_catalogue() -> None:
    table = README.partition("## Mails")[2].partition("To the operator")[0]
    listed = dict(re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", table, re.MULTILINE))
    assert listed == {name: mail.stripes_own or "none" for name, mail in MAILS.items() if mail.audience != "operator"}
    to_operator = README.partition("To the operator (`OperatorAddress`):")[2].partition(". ")[0]
    assert sorted(re.findall(r"`([a-z_]+)`", to_operator)) == sorted(mails_to("operator"))


def test_make_wrap_writes_the_lists_that_follow_from_the_code() -> None:
    stale = re.sub(r"^\| `receipt` .*\n", "", README, flags=re.MULTILINE).replace("`refund_failed`, ", "")
    without_payouts = re.sub(r"^\| `payout.created`.*\n", "", README, flags=re.MULTILINE)
    types = lists.EVENT_TYPES.read_text()
    assert stale != README
    assert (lists.with_mails(stale), lists.with_types(types.replace('    "invoice.paid",\n', ""))) == (README, types)
    assert lists.with_events(README) == README
    assert "| `payout.created`, `payout.paid`, `payout.failed`, `payout.canceled` | " in lists.with_events(
        without_payouts
    )
