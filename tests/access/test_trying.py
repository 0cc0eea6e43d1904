"""The events of "Try it on your machine" give the customer the statuses that the document says."""

import re

import pytest

from functions.consumer.decide.decide import decide
from tests.access.support import Access
from tests.access.test_document import TEXT
from tests.support.books import BooksOf
from tests.support.samples import sample

EVENTS = re.findall(r"^\./billhook send (\S+) +# (\w+)", TEXT, re.MULTILINE)


def told(access: Access, books: BooksOf, name: str) -> None:
    """What the commit of a sample event writes."""
    decision = decide(sample(name), books)
    books.apply(decision)
    for item in (change.item for change in decision.access):
        assert item
        access.items[item.account, item.customer] = item.model_dump(exclude_none=True)
        access.references[item.account, "org_fernhill"] = [item.customer]
    for session in decision.sessions:
        access.told(**session.model_dump())


def test_each_event_changes_the_status_as_the_document_says() -> None:
    access, books, seen = Access(), BooksOf(), []
    for name, _ in EVENTS:
        told(access, books, name)
        seen.append((name, access.ask(reference="org_fernhill").body["status"]))
    assert len(EVENTS) == 5
    assert seen == EVENTS


@pytest.mark.parametrize(("sent", "outcome", "why"), [(2, "access_given", None), (5, "completed", "ended")])
def test_the_success_page_says_what_the_document_says(sent: int, outcome: str, why: str | None) -> None:
    access, books = Access(), BooksOf()
    for name, _ in EVENTS[:sent]:
        told(access, books, name)
    session = sample(EVENTS[0][0]).object["id"]
    answer = access.came_of(session)
    assert (answer.body["outcome"], answer.body["why"]) == (outcome, why)
