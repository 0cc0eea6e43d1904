"""Every order and repetition of a story ends in the same books, with each mail once and no wrong mail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.consumer.decide.decide import decide
from shared.effects.email import Email
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.customer_stories import (
    BACK,
    CREDITED,
    CUSTOMER_STORIES,
    DISPUTE_LOST,
    DISPUTE_WON,
    DUNNING,
    LATE_DEBIT,
    PLAN_CHANGE,
    REFUND_FAILED,
    WITHDRAWN,
)
from tests.support.stories import CUSTOMER, mails_once_due, told
from tests.support.story import Story


def sent(books: BooksOf) -> list[str]:
    return sorted(mail.template for mail in books.mails.values())


@st.composite
def deliveries(draw: st.DrawFn, story: Story) -> list[Event]:
    """The events of a story in any order, up to three of them twice."""
    again = draw(st.lists(st.sampled_from(story.events), max_size=3))
    return draw(st.permutations([*story.events, *again]))


def mails_by_step(order: list[Event]) -> tuple[BooksOf, list[tuple[int, Email]]]:
    """The books after a order, and each mail with the step that it was sent at."""
    books, steps = BooksOf(), list[tuple[int, Email]]()
    for step, event in enumerate(order):
        before = set(books.mails)
        books.apply(decide(event, books))
        steps += [(step, mail) for place, mail in books.mails.items() if place not in before]
    return books, steps


@pytest.mark.parametrize("story", CUSTOMER_STORIES.values(), ids=CUSTOMER_STORIES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_order_of_a_story_ends_in_the_same_books(story: Story, data: st.DataObject) -> None:
    assert told(*data.draw(deliveries(story))).contents() == told(*story.events).contents()


@pytest.mark.parametrize("story", CUSTOMER_STORIES.values(), ids=CUSTOMER_STORIES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_telling_of_a_story_says_a_thing_twice_or_what_the_books_know_to_be_wrong(
    story: Story, data: st.DataObject
) -> None:
    order = data.draw(deliveries(story))
    books, steps = mails_by_step(order)
    subjects = [(mail.template, mail.key.split(":")[1]) for _, mail in steps]
    assert len(subjects) == len(set(subjects))
    assert story.must <= {template for template, _ in subjects} <= story.must | story.may
    for step, mail in steps:
        if mail.template in story.silenced:
            assert step < order.index(story.events[story.silenced[mail.template]])
    assert mails_once_due(books) == []


@pytest.mark.parametrize("story", CUSTOMER_STORIES.values(), ids=CUSTOMER_STORIES)
def test_told_in_order_and_told_in_order_twice_are_the_same(story: Story) -> None:
    assert sent(told(*story.events)) == sent(told(*story.events, *story.events))


def test_in_order_a_recovered_payment_is_told_of_as_a_failure_and_then_as_paid() -> None:
    books = told(*DUNNING.events)
    assert sent(books) == ["payment_failed", "receipt", "welcome"]
    organization = books.read(Organization, PLATFORM, CUSTOMER)
    assert (organization.access, organization.past_due) == (True, False)


def test_in_order_a_change_of_plan_is_told_once_and_its_renewal_is_not() -> None:
    assert sent(told(*PLAN_CHANGE.events)) == ["plan_changed", "welcome"]


def test_in_order_a_cancellation_is_told_when_scheduled_and_when_withdrawn() -> None:
    assert sent(told(*WITHDRAWN.events)) == ["cancellation_scheduled", "cancellation_withdrawn", "welcome"]


def test_in_order_whoever_comes_back_is_welcomed_again_and_told_no_goodbye() -> None:
    books = told(*BACK.events)
    assert sent(books) == ["welcome", "welcome"]
    assert books.read(Organization, PLATFORM, CUSTOMER).access


@pytest.mark.parametrize(("story", "held"), [(DISPUTE_WON, False), (DISPUTE_LOST, True)], ids=["won", "lost"])
def test_in_order_a_dispute_holds_the_money_until_it_is_won(story: Story, *, held: bool) -> None:
    payment = told(*story.events[:3]).read(Payment, PLATFORM, story.events[2].object["payment_intent"])
    assert payment.held
    assert told(*story.events).read(Payment, PLATFORM, payment.subject).held is held


def test_in_order_a_refund_that_failed_has_not_gone_back() -> None:
    payment_id = REFUND_FAILED.events[2].object["id"]
    assert told(*REFUND_FAILED.events[:-1]).read(Payment, PLATFORM, payment_id).refunded == 500
    assert told(*REFUND_FAILED.events).read(Payment, PLATFORM, payment_id).refunded == 0


ERASED_AT = 1790000000
RETURN = (*CREDITED.events[:3], *DUNNING.events[3:])
"""A customer who was erased subscribes again; whatever is heard first begins the new record."""


def told_once_erased(*events: Event) -> BooksOf:
    books = BooksOf(Organization(account=PLATFORM, subject=CUSTOMER, erased_at=ERASED_AT))
    for event in events:
        books.apply(decide(event, books))
    return books


@settings(max_examples=60, deadline=None)
@given(order=st.permutations(RETURN))
def test_a_return_after_an_erasure_ends_in_the_same_books_in_any_order(order: list[Event]) -> None:
    books = told_once_erased(*order)
    assert books.contents() == told_once_erased(*RETURN).contents()
    assert books.read(Organization, PLATFORM, CUSTOMER).access


def test_in_order_a_bank_debit_that_fails_late_is_told_and_recovers() -> None:
    books = told(*LATE_DEBIT.events[:4])
    assert sent(books) == ["payment_failed", "welcome"]
    assert books.read(Organization, PLATFORM, CUSTOMER).past_due
    assert not told(*LATE_DEBIT.events).read(Organization, PLATFORM, CUSTOMER).past_due


def test_a_credit_note_during_dunning_lowers_what_the_reminder_asks_for() -> None:
    owed, note, update = CREDITED.events[2:5]
    for known in ((owed, note), (note, owed), (owed, update), (owed, note, update), (owed, update, note)):
        (mail,) = mails_once_due(told(*known))
        assert (mail.template, mail.data["amount"]) == ("payment_still_due", 900)
