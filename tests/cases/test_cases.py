"""Cases: each folder holds one situation's events, as they arrive, and the outcome that a business would call right.

`NN-….json` are the events in the order of arrival; `due.txt` names the own messages that then come due, by type.
`setup.json` says what was so before: `erased`, as of when, by customer; `policy`, the business's choices.
`expected.json` says what is right:

- `mails`: every mail in the order of sending; `data` is compared as far as given, `says` and `never` with its text;
- `announced`: every announcement's name, in order;
- `books`: properties of records by their place, `<partition>/<sort key>`;
- `any_order`: in any order of the events the outcome is the same, except for the order of mails and announcements.
  With "books", mails may differ, too: a later event may have overtaken a mail.
"""

import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from functions.consumer.decide.decide import decide
from functions.effects.mails.render import render
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event, read_event
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.mails import BUSINESS
from tests.support.samples import fired

CASES = sorted(path for path in Path(__file__).parent.iterdir() if path.is_dir() and (path / "expected.json").exists())
LATER: dict[str, Any] = {"export_url": "https://example.com/file", "export_until": 1796300000}
"""What the worker adds to a mail with an export."""


def optional(path: Path) -> dict[str, Any]:
    """The JSON in a file, empty if there is none."""
    return json.loads(path.read_text()) if path.exists() else {}


def events(case: Path) -> list[Event]:
    return [read_event(path.read_text()) for path in sorted(case.glob("[0-9][0-9]-*.json"))]


def books_before(case: Path) -> BooksOf:
    """The books before the first event."""
    setup = optional(case / "setup.json")
    policy = Policy.model_validate({"plans": read_plans(), "mail_connected": True} | setup.get("policy", {}))
    erased = setup.get("erased", {}).items()
    graves = (Organization(account=PLATFORM, subject=customer, erased_at=at) for customer, at in erased)
    return BooksOf(*graves, policy=policy)


def lived_through(case: Path, told: list[Event]) -> BooksOf:
    """The books after these events, and after the own messages that the case names."""
    books = books_before(case)
    for event in told:
        books.apply(decide(event, books))
    due = (case / "due.txt").read_text().split() if (case / "due.txt").exists() else ()
    for reminder in sorted(books.reminders.values(), key=lambda one: one.at):
        if reminder.type in due:
            books.apply(decide(fired(reminder), books))
    return books


def tellings(case: Path) -> Iterator[list[Event]]:
    """The events as they arrive, and in any other order if the case says that it does not matter."""
    if optional(case / "expected.json").get("any_order"):
        yield from map(list, permutations(events(case)))
    else:
        yield events(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_comes_out_as_a_business_would_call_right(case: Path) -> None:
    expected = optional(case / "expected.json")
    for told in tellings(case):
        books = lived_through(case, told)
        mails, announced = list(books.mails.values()), [one.name for one in books.announcements.values()]
        expected_mails, expected_announced = expected["mails"], expected.get("announced", announced)
        if expected.get("any_order"):
            mails.sort(key=lambda mail: mail.template)
            expected_mails = sorted(expected_mails, key=lambda mail: mail["template"])
            announced, expected_announced = sorted(announced), sorted(expected_announced)
        if expected.get("any_order") == "books" and told != events(case):
            mails = expected_mails = []
        assert [mail.template for mail in mails] == [mail["template"] for mail in expected_mails]
        for mail, of_it in zip(mails, expected_mails, strict=True):
            data = of_it.get("data", {})
            assert {name: mail.data.get(name) for name in data} == data
            later = LATER if "export" in mail.data else {}
            subject, text, _ = render(mail.model_copy(update={"data": {**mail.data, **later}}), BUSINESS)
            said = " ".join(f"{subject} {text}".split())
            assert [words for words in of_it.get("says", ()) if words not in said] == []
            assert [words for words in of_it.get("never", ()) if words in said] == []
        assert announced == expected_announced
        for place, properties in expected.get("books", {}).items():
            partition, _, sort_key = place.partition("/")
            record = books.records[partition, sort_key]
            assert {name: getattr(record, name) for name in properties} == properties


def test_each_case_has_its_expectation() -> None:
    folders = {path for path in Path(__file__).parent.iterdir() if path.is_dir() and list(path.glob("*.json"))}
    assert folders
    assert folders == set(CASES)
