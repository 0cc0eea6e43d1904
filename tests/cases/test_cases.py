"""Cases: each folder holds one situation's events, as they arrive, and the outcome that a business would call right.

`NN-….json` are the events in the order of arrival; `due.txt` names the own messages that then come due, by type.
`setup.json` says what was so before: `erased`, as of when, by customer; `policy`, the business's choices.
`expected.json` says what is right:

- `mails`: every mail in the order of sending; `data` is compared as far as given, `says` and `never` with its text;
- `announced`: every announcement's name, in order;
- `books`: properties of records by their place, `<partition>/<sort key>`;
- `any_order`: the books, and what was announced, are the same however the events are shuffled.
"""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from functions.consumer.decide import decide
from functions.effects.mails.render import render
from shared.event import PLATFORM, Event, read_event
from shared.plans import read_plans
from shared.policy import Policy
from shared.records import Organization
from tests.support.books import BooksOf
from tests.support.mails import BUSINESS
from tests.support.samples import fired

CASES = sorted(path for path in Path(__file__).parent.iterdir() if path.is_dir() and (path / "expected.json").exists())
LATER: dict[str, Any] = {"export_url": "https://example.com/file", "export_days": 14}
"""What the mailer adds to a mail with an export."""


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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_comes_out_as_a_business_would_call_right(case: Path) -> None:
    expected, books = optional(case / "expected.json"), lived_through(case, events(case))
    mails, announced = list(books.mails.values()), [one.name for one in books.announcements.values()]
    assert [mail.template for mail in mails] == [mail["template"] for mail in expected["mails"]]
    for mail, of_it in zip(mails, expected["mails"], strict=True):
        data = of_it.get("data", {})
        assert {name: mail.data.get(name) for name in data} == data
        later = LATER if "export" in mail.data else {}
        subject, text, _ = render(mail.model_copy(update={"data": {**mail.data, **later}}), BUSINESS)
        said = " ".join(f"{subject} {text}".split())
        assert [words for words in of_it.get("says", ()) if words not in said] == []
        assert [words for words in of_it.get("never", ()) if words in said] == []
    assert announced == expected.get("announced", announced)
    assert_books(books, expected)


def assert_books(books: BooksOf, expected: dict[str, Any]) -> None:
    for place, properties in expected.get("books", {}).items():
        partition, _, sort_key = place.partition("/")
        record = books.records[partition, sort_key]
        assert {name: getattr(record, name) for name in properties} == properties


IN_ANY_ORDER = [case for case in CASES if optional(case / "expected.json").get("any_order")]


@pytest.mark.parametrize("case", IN_ANY_ORDER, ids=lambda case: case.name)
def test_a_case_ends_the_same_in_whatever_order_its_events_come(case: Path) -> None:
    expected = optional(case / "expected.json")
    for order in permutations(events(case)):
        books = lived_through(case, list(order))
        assert sorted(one.name for one in books.announcements.values()) == sorted(expected["announced"])
        assert_books(books, expected)


def test_each_case_has_its_expectation() -> None:
    folders = {path for path in Path(__file__).parent.iterdir() if path.is_dir() and list(path.glob("*.json"))}
    assert folders
    assert folders == set(CASES)
