"""docs/on-call.md says how many calls a look takes; the commands take as many."""

import re
from collections import Counter
from pathlib import Path

import pytest

from cli.command import main
from tests.cli.operator_at_work import Operator

DOCUMENT = Path(__file__).parents[3] / "docs/on-call.md"
ROWS = re.findall(
    r"^\| `\./billhook ([^`]+)` \| ((?:\d+ \w+(?:, )?)+) \|",
    DOCUMENT.read_text().split("### What a look costs")[1],
    re.MULTILINE,
)
TABLES = {"Query", "GetItem", "BatchGetItem", "Scan"}


def test_the_table_has_a_row_for_each_way_of_looking() -> None:
    assert len(ROWS) >= 8


@pytest.mark.parametrize(("command", "calls"), ROWS)
def test_a_command_takes_the_calls_that_the_document_says(at_work: Operator, command: str, calls: str) -> None:
    at_work.fails_at("evt_1")
    words = command.replace("evt_…", "evt_1").replace("cus_…", "cus_1").replace("acct_…", "acct_1").split()
    at_work.calls.clear()
    main([*words, "--stack", "billhook"])
    taken = Counter({name: times for name, times in at_work.calls.items() if name in TABLES})
    assert taken == Counter({name: int(times) for times, name in (one.split() for one in calls.split(", "))})
