"""The runbook has an entry for each alarm and for nothing else, and its links lead to headings."""

import re

import pytest

from tests.support import watching


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(#([^)]+)\)", watching.RUNBOOK))))
def test_a_link_within_the_runbook_leads_to_a_heading(link: str) -> None:
    assert link in watching.anchors()


def test_an_alarm_has_an_entry_and_an_entry_an_alarm() -> None:
    entries = re.search(r"^## Alarms\n(.+?)^## ", watching.RUNBOOK, re.MULTILINE | re.DOTALL)
    assert entries
    assert set(re.findall(r"^### (.+)$", entries[1], re.MULTILINE)) == set(watching.alarms())
