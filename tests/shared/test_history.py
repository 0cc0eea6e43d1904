"""An organization stays small for any length of stay, and ended subscriptions stay ended."""

from collections.abc import Iterable
from itertools import islice, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.consumer.decide.decide import decide
from functions.consumer.decide.recording_books import NotedBooks
from shared.decisions.announcements import customer_of
from shared.decisions.decision import StoredRecord
from shared.records.history import DECLINES
from shared.records.organization import Organization
from shared.records.past import UNSURE, ClosedInvoice, EndedSubscription
from shared.records.subscriptions import AT_ONCE
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import read
from shared.stripe_objects.payments import PaymentIntent
from shared.stripe_objects.subscriptions import Subscription
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told

NOBODY = Organization(account=PLATFORM, subject=CUSTOMER)
BEGUN, ENDED = "customer.subscription.created", "customer.subscription.deleted"
FAILED, PAID = "invoice.payment_failed", "invoice.paid.recovered"
START = 1_795_000_000
SMALL = 4_000
"""In bytes, for 500 as for 10,000 of each."""


def begun(number: int, status: str = "active") -> Event:
    created = START + number * 100
    return sample(BEGUN, id=f"sub_{number}", event_id=f"evt_b{number}{status}", status=status, created=created)


def ended(number: int, status: str = "canceled") -> Event:
    at = START + number * 100 + 50
    return sample(ENDED, id=f"sub_{number}", event_id=f"evt_e{number}", status=status, created=at, ended_at=at)


def invoiced(name: str, number: int, seconds: int = 0) -> Event:
    finalized = START + number * 100
    made: dict[str, Any] = {"id": f"in_{number}", "event_id": f"evt_{name}{number}", "created": finalized + seconds}
    of_it: dict[str, Any] = {"parent": {"subscription_details": {"subscription": f"sub_{number}"}}}
    return sample(name, **made, status_transitions={"finalized_at": finalized}, **of_it)


def declined(number: int, invoice: str) -> Event:
    return sample(
        "payment_intent.payment_failed",
        id=f"pi_{number}",
        event_id=f"evt_d{number}",
        created=START + number,
        payment_details={"order_reference": invoice},
    )


def after(events: Iterable[Event]) -> Organization:
    """The organization once it has heard these events, each decided on with nothing of the past at hand."""
    organization = NOBODY
    for event in events:
        alone = organization.with_past({})
        if event.object["object"] == "subscription":
            organization = alone.with_subscription(read(Subscription, event.object), event)
        else:
            organization = alone.with_invoice_event(read(Invoice, event.object), event).with_reminder(
                event.object["id"], START
            )
    return organization


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.prove)])
def test_however_much_is_over_an_organization_stays_small(count: int) -> None:
    lives = (event for number in range(count) for event in (begun(number), ended(number)))
    bills = (event for number in range(count) for event in (invoiced(FAILED, number), invoiced(PAID, number, 1)))
    for organization in (after(lives), after(bills)):
        assert len(organization.model_dump_json(exclude_defaults=True)) < SMALL
        assert len(organization.packed()) < SMALL / 2


def test_of_many_subscriptions_whose_end_alone_was_told_a_few_are_remembered() -> None:
    organization = after(ended(number) for number in range(500))
    assert len(organization.ended) == UNSURE
    assert organization.last_ended
    assert organization.last_ended.id == "sub_499"
    assert len(organization.model_dump_json(exclude_defaults=True)) < SMALL


def test_reasons_of_declines_are_kept_for_the_newest_invoices_only() -> None:
    books = told(*(declined(number, f"in_{number}") for number in range(DECLINES + 5)))
    kept = books.read(Organization, PLATFORM, CUSTOMER).declines
    assert kept.keys() == {f"in_{number}" for number in range(5, DECLINES + 5)}


def without_addresses(contents: dict[tuple[str, str], StoredRecord]) -> dict[tuple[str, str], StoredRecord]:
    """Late news may still tell when an address was first heard."""
    return {
        place: one.model_copy(update={"addresses": None}) if isinstance(one, Organization) else one
        for place, one in contents.items()
    }


def test_late_news_of_what_has_long_been_over_reopens_nothing() -> None:
    over = [one for number in range(5) for one in (begun(number), ended(number), invoiced(PAID, number, 1))]
    books = told(*over)
    before = books.contents()
    for late in (begun(0), invoiced(FAILED, 0), invoiced("invoice.finalized", 1), declined(1, "in_1")):
        books.apply(decide(late, books))
    organization = books.read(Organization, PLATFORM, CUSTOMER)
    assert (organization.access, organization.past_due, organization.has_open_invoice) == (False, False, False)
    assert (organization.declines, organization.reminders) == ({}, {})
    after_all = {place: one for place, one in books.contents().items() if place in before}
    assert without_addresses(after_all) == without_addresses(before)


def test_what_is_over_lies_in_an_item_of_its_own_under_its_customer() -> None:
    books = told(begun(1), ended(1), invoiced(PAID, 2))
    subscription = books.read(EndedSubscription, PLATFORM, CUSTOMER, "sub_1")
    invoice = books.read(ClosedInvoice, PLATFORM, CUSTOMER, "in_2")
    assert (subscription.sort_key, invoice.sort_key) == ("subscription#sub_1", "invoice#in_2")
    assert subscription.facet
    assert invoice.facet
    assert (subscription.facet.value.status, invoice.facet.value.status) == ("canceled", "paid")
    assert {customer_of(one) for one in (subscription, invoice)} == {CUSTOMER}
    organization = books.records[PLATFORM + "#" + CUSTOMER, "organization"]
    assert isinstance(organization, Organization)
    assert not organization.subscriptions
    assert not organization.invoices


def test_a_handler_may_ask_for_something_of_the_past_that_its_event_does_not_name() -> None:
    books = told(begun(1), ended(1))
    noted = NotedBooks(books, invoiced(PAID, 2))
    assert not noted.read(EndedSubscription, PLATFORM, CUSTOMER, "sub_1").is_empty


@pytest.mark.parametrize("attempts", [0, 1, 2])
def test_the_last_that_ended_is_the_last_that_lived_whatever_comes_first(attempts: int) -> None:
    tried = [event for number in (8, 9)[:attempts] for event in (begun(number, "incomplete"), ended(number))]
    orders = permutations([begun(1), ended(1), ended(2), *tried])
    for order in islice(orders, 0, None, 1 + 6 * attempts):
        last = told(*order).read(Organization, PLATFORM, CUSTOMER).last_ended
        assert last
        assert last.id == "sub_2"


LIVES = [one for number in range(6) for one in (begun(number), begun(number, "incomplete"), ended(number))]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_order_of_many_lives_ends_in_the_same_books(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(LIVES), min_size=3, max_size=18))
    again = data.draw(st.lists(st.sampled_from(chosen), max_size=5))
    assert known(told(*data.draw(st.permutations([*chosen, *again])))) == known(told(*chosen))


def known(books: BooksOf) -> dict[tuple[str, str], Any]:
    """What the books know, without what waits for an address: which life is welcomed hangs on the order."""
    contents = books.contents().items()
    return {place: one.model_dump(exclude={"owed"}) for place, one in contents}


def test_an_attempt_that_turns_out_to_have_lived_is_the_last_that_ended() -> None:
    attempt = [begun(2, "incomplete"), ended(2)]
    known = told(begun(1), ended(1), *attempt).read(Organization, PLATFORM, CUSTOMER).last_ended
    late = told(begun(1), ended(1), *attempt, begun(2)).read(Organization, PLATFORM, CUSTOMER).last_ended
    assert known
    assert late
    assert (known.id, late.id) == ("sub_1", "sub_2")


def older() -> Organization:
    """As an older version kept it: ended subscriptions, the newest closed invoice, and the ids of the others."""
    facets = {}
    for number in range(AT_ONCE + 5):
        one = NOBODY.with_subscription(read(Subscription, ended(number).object), ended(number))
        facets[f"sub_{number}"] = one.past_since(NOBODY)
    past = {name: next(iter(one)) for name, one in facets.items()}
    subscriptions = {name: one.facet for name, one in past.items() if isinstance(one, EndedSubscription)}
    started = {f"sub_{number}": number != AT_ONCE + 4 for number in range(AT_ONCE + 5)}
    update = {"subscriptions": subscriptions, "started": started, "closed": frozenset({"in_1"}), "version": 7}
    return NOBODY.model_copy(update=update)


def test_an_older_versions_organization_gives_up_what_is_over_with_its_next_events() -> None:
    assert older().last_ended
    books = told()
    books.records[older().partition, "organization"] = older()
    for event in (ended(3), begun(3), ended(4)):
        books.apply(decide(event.model_copy(update={"id": f"{event.id}_again"}), books))
        organization = books.read(Organization, PLATFORM, CUSTOMER)
        assert organization.last_ended
        assert organization.last_ended.id == f"sub_{AT_ONCE + 3}"
    assert not organization.subscriptions
    assert len(organization.past) == AT_ONCE + 5


def test_an_invoice_that_an_older_version_closed_stays_closed() -> None:
    books = told()
    books.records[older().partition, "organization"] = older()
    books.apply(decide(invoiced(FAILED, 1), books))
    books.apply(decide(declined(1, "in_1"), books))
    organization = books.read(Organization, PLATFORM, CUSTOMER)
    assert (organization.invoices, organization.reminders, organization.declines) == ({}, {}, {})


def test_a_decline_is_kept_for_an_invoice_that_nobody_has_told_of() -> None:
    event = declined(1, "in_1")
    known = NOBODY.with_decline("in_1", read(PaymentIntent, event.object), event)
    assert known.declines.keys() == {"in_1"}
