"""Everything stored beside subscriptions and invoices stays small, too, and depends on no order."""

from collections.abc import Iterable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.consumer.decide.decide import decide
from shared.records.history import CREDITS, UNSEEN
from shared.records.organization import Organization
from shared.records.subscriptions import LOOKUP_KEYS
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told

START = 1_795_000_000
ITEM = sample("customer.subscription.created").object["items"]["data"][0]
LIMIT = 12_000
"""In bytes; most of it are the lookup keys. An item may have 400 KB, but is written with each event."""


def named(number: int) -> dict[str, str]:
    return {"price": f"price_{number:024}", "lookup_key": f"desk_of_some_length_{number}"}


def items(number: int, *, has_more: bool = False) -> dict[str, Any]:
    """Ten items; the first has a different price."""
    price, key = named(number).values()
    first = {**ITEM, "price": {**ITEM["price"], "id": price, "lookup_key": key}}
    return {"data": [first] + [ITEM] * 9, "has_more": has_more}


def subscription(number: int, after: int, name: str = "customer.subscription.created", **changes: Any) -> Event:  # noqa: ANN401 - of the object
    made: dict[str, Any] = {
        "id": f"sub_{number}",
        "event_id": f"evt_s{number}_{after}",
        "created": START + number * 1000 + after,
    }
    return sample(name, **made, **{"items": items(number), "metadata": {"desk": "d" * 400}, **changes})


def ended(number: int, **changes: Any) -> Event:  # noqa: ANN401
    at = START + number * 1000 + 500
    return subscription(number, 500, "customer.subscription.deleted", ended_at=at, status="canceled", **changes)


def invoice(number: int, after: int, name: str, **changes: Any) -> Event:  # noqa: ANN401
    """An invoice of subscription `number`; `after` is in seconds since it was finalized."""
    finalized = START + number * 1000 + 100
    where: dict[str, Any] = {"parent": {"subscription_details": {"subscription": f"sub_{number}"}}}
    told_at: dict[str, Any] = {"status_transitions": {"finalized_at": finalized}}
    made: dict[str, Any] = {"id": f"in_{number}", "event_id": f"evt_i{number}_{after}", "created": finalized + after}
    return sample(name, **made, **told_at, **where, customer=CUSTOMER, **changes)


def credited(number: int, after: int = 20, note: str = "") -> Event:
    about = {"id": f"cn_{number}{note}", "customer": CUSTOMER, "invoice": f"in_{number}"}
    created = START + number * 1000 + 100 + after
    return sample("credit_note.created", **about, event_id=f"evt_c{number}{note}", created=created)  # type: ignore[arg-type] # changes are of the object


def whole_life(number: int) -> list[Event]:
    """A subscription with more than ten items, and an invoice to be paid by hand that is late, credited, and paid."""
    due = {"due_date": START + number * 1000 + 110}
    return [
        subscription(number, 0),
        subscription(number, 10, items=items(number, has_more=True)),
        invoice(number, 0, "invoice.finalized.send_invoice", **due),
        invoice(number, 15, "invoice.overdue", **due),
        credited(number),
        ended(number, items=items(number, has_more=True)),
        invoice(number, 700, "invoice.paid.recovered"),
    ]


def heard(events: Iterable[Event]) -> Organization:
    return told(*events).read(Organization, PLATFORM, CUSTOMER)


def size(organization: Organization) -> int:
    return len(organization.model_dump_json(exclude_defaults=True))


@pytest.mark.parametrize("count", [60, pytest.param(1_000, marks=pytest.mark.prove)])
def test_a_customer_of_many_whole_lives_stays_small(count: int) -> None:
    books = BooksOf()
    for number in range(count):
        for event in whole_life(number):
            books.apply(decide(event, books))
        if number % 20 == 0:  # the books in memory recall a customer's whole past
            books = BooksOf(*(one for one in books.records.values() if isinstance(one, Organization)))
    organization = books.read(Organization, PLATFORM, CUSTOMER)
    assert size(organization) < LIMIT
    assert (organization.complete, organization.credits, organization.overdue) == ({}, {}, {})
    assert (organization.ended_with_open_invoice, organization.unseen) == (frozenset(), frozenset())
    assert sum(map(len, organization.lookup_keys.values())) == LOOKUP_KEYS


def test_ends_are_remembered_without_what_was_bought() -> None:
    organization = heard(ended(number) for number in range(20))
    assert organization.last_ended
    assert (organization.last_ended.id, organization.last_ended.reason) == ("sub_19", "payment_failed")
    assert size(organization) < LIMIT


def test_lookup_keys_that_are_kept_are_those_heard_last_in_any_order() -> None:
    events = [subscription(number, 0) for number in range(LOOKUP_KEYS + 3)]
    again = subscription(0, 900_000)
    kept = {f"price_{number:024}" for number in (0, *range(5, LOOKUP_KEYS + 3))}  # and that of all their items
    for order in ([*events, again], [again, *reversed(events)]):
        known = heard(order).lookup_keys
        assert known.keys() - {ITEM["price"]["id"]} == kept


def test_credit_notes_of_invoices_that_nobody_tells_of_are_kept_for_the_newest() -> None:
    organization = heard(credited(number) for number in range(CREDITS + 3))
    assert organization.credits.keys() == {f"cn_{number}" for number in range(3, CREDITS + 3)}


def test_a_credit_note_that_comes_after_its_invoice_is_closed_is_not_kept() -> None:
    books = told(invoice(1, 0, "invoice.payment_failed"), invoice(1, 10, "invoice.paid.recovered"), credited(1))
    assert not books.read(Organization, PLATFORM, CUSTOMER).credits


def test_an_invoice_of_what_has_ended_makes_nobody_past_due_whatever_came_first() -> None:
    story = [subscription(1, 0), ended(1), invoice(1, 200, "invoice.payment_failed")]
    for order in permutations(story):
        books = told(*order)
        books.apply(decide(sample("customer.updated", id=CUSTOMER, created=START + 9000), books))
        organization = books.read(Organization, PLATFORM, CUSTOMER).with_past({})
        assert (organization.past_due, organization.has_open_invoice, organization.access) == (False, True, False)
        assert organization.ended_with_open_invoice == {"sub_1"}


def test_an_invoice_closed_in_the_end_leaves_nothing_of_what_had_ended_before() -> None:
    story = [subscription(1, 0), ended(1), invoice(1, 0, "invoice.payment_failed")]
    story.append(invoice(1, 600, "invoice.paid.recovered"))
    for order in permutations(story):
        organization = heard(order)
        assert (organization.ended_with_open_invoice, organization.unseen, organization.invoices) == (
            frozenset(),
            frozenset(),
            {},
        )


@pytest.mark.parametrize("name", ["invoice.paid.recovered", "invoice.payment_failed"])
def test_access_is_unknown_while_an_invoice_names_a_subscription_that_nobody_told_of(name: str) -> None:
    books = told(sample("customer.created", id=CUSTOMER), invoice(1, 0, name))
    assert books.read(Organization, PLATFORM, CUSTOMER).access is None
    books.apply(decide(subscription(1, 0), books))
    assert books.read(Organization, PLATFORM, CUSTOMER).access
    books.apply(decide(ended(1), books))
    assert books.read(Organization, PLATFORM, CUSTOMER).access is False


def test_a_late_invoice_of_what_has_ended_leaves_no_doubt_about_access() -> None:
    assert heard([ended(1), invoice(1, 0, "invoice.paid.recovered")]).access is False


def test_a_commit_makes_sure_that_what_nobody_told_of_has_not_ended_meanwhile() -> None:
    decision = decide(invoice(1, 0, "invoice.paid.recovered"), BooksOf())
    assert "subscription#sub_1" in [record.sort_key for record in decision.save if record.is_empty]


def test_of_subscriptions_that_nobody_tells_of_a_few_are_remembered() -> None:
    organization = heard(invoice(number, 0, "invoice.paid.recovered") for number in range(UNSEEN + 3))
    assert len(organization.unseen) == UNSEEN


STORY = [event for number in (1, 2, 3) for event in whole_life(number)]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_order_of_whole_lives_ends_in_the_same_books(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(STORY), min_size=2, max_size=12, unique_by=lambda one: one.id))
    again = data.draw(st.lists(st.sampled_from(chosen), max_size=4))
    in_order, shuffled = told(*chosen), told(*data.draw(st.permutations([*chosen, *again])))
    assert known(shuffled) == known(in_order)


def known(books: BooksOf) -> dict[tuple[str, str], Any]:
    """What the books know, without what waits for an address."""
    contents = books.contents().items()
    return {place: one.model_dump(exclude={"owed"}, exclude_defaults=True) for place, one in contents}
