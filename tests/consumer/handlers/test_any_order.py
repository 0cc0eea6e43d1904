"""A customer's whole story ends in the same books, in any order and with any repetition."""

from itertools import islice, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.decisions.decision import StoredRecord
from shared.records.organization import Organization
from shared.records.stored_record import MailRecipient
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.samples import NAMES, sample
from tests.support.stories import CUSTOMER, ROUTED, mails_once_due, told

RECOVERED = [
    "checkout.session.completed.subscription",
    "customer.subscription.created",
    "invoice.payment_failed",
    "customer.subscription.updated",
    "invoice.paid.recovered",
    "customer.subscription.updated.recovered",
]
LOST = [
    "invoice.paid",
    "customer.subscription.created",
    "invoice.payment_failed",
    "customer.subscription.updated",
    "invoice.payment_failed.last",
    "customer.subscription.deleted",
]


def known(books: BooksOf) -> dict[tuple[str, str], StoredRecord]:
    """What the books know. A mail tells of a change to them, so what waits for an address hangs on the order."""
    contents = {
        place: record.model_copy(update={"owed": {}}) if isinstance(record, MailRecipient) else record
        for place, record in books.contents().items()
    }
    told_nothing = {"account", "subject"}
    return {
        place: one for place, one in contents.items() if one.model_dump(exclude_defaults=True).keys() > told_nothing
    }


@pytest.mark.parametrize("story", [RECOVERED, LOST], ids=["recovered", "lost"])
@pytest.mark.parametrize("shape", ["", "before_basil/"], ids=["since basil", "before basil"])
def test_every_order_of_a_story_ends_in_the_same_books(story: list[str], shape: str) -> None:
    names = [f"{shape}{name}" if f"{shape}{name}" in NAMES else name for name in story]
    events = [sample(name) for name in names]
    in_order = told(*events).contents()
    # Every order in one shape; of the other, which reads the same, every ninth.
    orders = islice(permutations(events), 0, None, 9 if shape else 1)
    assert all(told(*order).contents() == in_order for order in orders)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_all_that_stripe_ever_sent_us_ends_in_the_same_books(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(ROUTED), min_size=2, max_size=12))
    assert known(told(*data.draw(st.permutations(chosen)))) == known(told(*chosen))


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_everything_at_once_ends_in_the_same_books_and_leaves_no_mail_owed(
    data: st.DataObject,
) -> None:
    again = data.draw(st.lists(st.sampled_from(ROUTED), max_size=20))
    books = told(*data.draw(st.permutations([*ROUTED, *again])))
    assert books.contents() == told(*ROUTED).contents()
    assert not any(record.owed for record in books.records.values() if isinstance(record, MailRecipient))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_burst_within_one_second_ends_in_the_same_books(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(ROUTED), min_size=2, max_size=8))
    burst = [event.model_copy(update={"created": 1_795_000_000}) for event in chosen]
    assert known(told(*data.draw(st.permutations(burst)))) == known(told(*burst))


@pytest.fixture(scope="module")
def lost() -> list[Event]:
    return [sample(name) for name in LOST]


def test_no_order_tells_the_customer_one_thing_twice_or_asks_for_what_is_paid(lost: list[Event]) -> None:
    paid = sample("invoice.paid.recovered", created=lost[-2].created + 1)
    for order in permutations([*lost[2:], paid]):
        books = told(*order)
        assert not books.read(Organization, PLATFORM, CUSTOMER).access
        templates = [mail.template for mail in books.mails.values()]
        assert templates.count("receipt") == 1
        assert order[0] is not paid or "payment_failed" not in templates
        assert [mail.template for mail in mails_once_due(books)] == ["farewell"]


def test_every_order_leaves_one_farewell_and_no_reminder_of_what_has_ended(lost: list[Event]) -> None:
    for order in permutations(lost[1:]):
        assert [mail.template for mail in mails_once_due(told(*order))] == ["farewell"]
