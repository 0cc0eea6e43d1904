"""A recognized price stays recognized; items that an event leaves out are kept; the operator hears of both."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import Stripe, sample
from tests.support.stories import CUSTOMER, SUBSCRIPTION, told

ITEM = sample("customer.subscription.created").object["items"]["data"][0]
PRICE = ITEM["price"]["id"]
DESKS = [
    {**ITEM, "id": f"si_{n}", "price": {**ITEM["price"], "id": f"price_{n}", "lookup_key": "desk_monthly"}}
    for n in range(11)
]


def items(shown: Iterable[Mapping[str, Any]], *, has_more: bool = False) -> dict[str, Any]:
    return {"data": list(shown), "has_more": has_more}


def known_as(key: str | None) -> dict[str, Any]:
    return items([{**ITEM, "price": {**ITEM["price"], "lookup_key": key, "product": "prod_of_its_own"}}])


def updated(stripe_sends: Stripe, after: int, **changes: object) -> Event:
    begun = stripe_sends("customer.subscription.created")
    number = {"event_id": f"evt_{after}", "created": begun.created + after}
    event = stripe_sends("customer.subscription.created", **number, **changes)
    return event.model_copy(update={"type": "customer.subscription.updated"})


def limits(books: BooksOf, account: str) -> Mapping[str, int]:
    return books.policy.plans.limits_of(books.read(Organization, account, CUSTOMER).subscriptions_with_access)


def operator_mails(books: BooksOf) -> list[tuple[str, object]]:
    mails = [mail for mail in books.mails.values() if mail.audience == "operator"]
    return [(mail.template, mail.data.get("price") or mail.data.get("subscription")) for mail in mails]


def test_a_price_whose_lookup_key_has_moved_keeps_its_plan_in_any_order(stripe_sends: Stripe, account: str) -> None:
    known = updated(stripe_sends, 0, items=known_as("studio_monthly"))
    moved = updated(stripe_sends, DAY, items=known_as(None))
    for order in ((known, moved), (moved, known)):
        books = told(*order)
        organization = books.read(Organization, account, CUSTOMER)
        assert books.policy.plans.plan_of(organization.subscriptions_with_access) == "studio"
        assert limits(books, account) == {"seats": 5, "projects": 20}


def test_the_operator_is_told_once_that_a_price_lost_its_key(stripe_sends: Stripe) -> None:
    story = [updated(stripe_sends, 0, items=known_as("studio_monthly"))]
    story += [updated(stripe_sends, month * 30 * DAY, items=known_as(None)) for month in (1, 2)]
    assert operator_mails(told(*story)) == [("price_key_moved", PRICE)]


def test_what_the_key_was_is_heard_from_the_event_itself(stripe_sends: Stripe, account: str) -> None:
    first = updated(stripe_sends, 0, items=known_as(None), previous={"items": known_as("studio_monthly")})
    books = told(first)
    assert limits(books, account) == {"seats": 5, "projects": 20}
    assert operator_mails(books) == [("price_key_moved", PRICE)]


def test_a_key_that_names_another_plan_now_counts_before_an_earlier_one(stripe_sends: Stripe, account: str) -> None:
    story = [
        updated(stripe_sends, n, items=known_as(key)) for n, key in enumerate(("studio_monthly", "agency_monthly"))
    ]
    assert limits(told(*story), account) == {"seats": 20, "projects": 200}


def test_a_price_that_was_never_known_is_told_as_unknown(stripe_sends: Stripe) -> None:
    assert operator_mails(told(updated(stripe_sends, 0, items=known_as(None)))) == [("unknown_price", PRICE)]


def test_items_that_are_not_shown_keep_their_limits_in_any_order(stripe_sends: Stripe, account: str) -> None:
    whole = updated(stripe_sends, 0, items=items(DESKS))
    first_ten = updated(stripe_sends, DAY, items=items(DESKS[:10], has_more=True))
    for order in ((whole, first_ten), (first_ten, whole)):
        books = told(*order)
        assert limits(books, account) == {"printers": 11}
        assert operator_mails(books) == [("items_incomplete", SUBSCRIPTION)]


def test_a_later_word_on_all_items_is_believed(stripe_sends: Stripe, account: str) -> None:
    whole = updated(stripe_sends, 0, items=items(DESKS))
    first_ten = updated(stripe_sends, DAY, items=items(DESKS[:10], has_more=True))
    fewer = updated(stripe_sends, 2 * DAY, items=items(DESKS[:3]))
    for order in ((whole, first_ten, fewer), (fewer, first_ten, whole), (first_ten, fewer, whole)):
        books = told(*order)
        assert limits(books, account) == {"printers": 3}
        assert not books.read(Organization, account, CUSTOMER).complete


def test_of_a_subscription_that_was_never_shown_whole_the_first_ten_count(stripe_sends: Stripe, account: str) -> None:
    first_ten = updated(stripe_sends, 0, items=items(DESKS[:10], has_more=True))
    books = told(first_ten, updated(stripe_sends, DAY, items=items(DESKS[:10], has_more=True)))
    assert limits(books, account) == {"printers": 10}
    assert operator_mails(books) == [("items_incomplete", SUBSCRIPTION)]


@pytest.mark.parametrize(("quantity", "plan", "seats"), [(0, None, 0), (None, "studio", 5), (2, "studio", 10)])
def test_a_plan_of_which_there_is_none_is_no_plan(
    stripe_sends: Stripe, account: str, quantity: int | None, plan: str | None, seats: int
) -> None:
    books = told(updated(stripe_sends, 0, items=items([{**ITEM, "quantity": quantity}])))
    organization = books.read(Organization, account, CUSTOMER)
    assert books.policy.plans.plan_of(organization.subscriptions_with_access) == plan
    assert limits(books, account)["seats"] == seats


def test_what_is_bought_twice_is_there_twice(stripe_sends: Stripe, account: str) -> None:
    one = updated(stripe_sends, 0)
    other = updated(stripe_sends, 1, id="sub_other")
    books = told(one, other)
    assert limits(books, account)["seats"] == 10
    assert [one.name for one in books.announcements.values()] == [
        "organization.access_granted",
        "organization.plan_changed",
    ]
    given = books.read(Organization, account, CUSTOMER).subscriptions_with_access
    assert len([pair for one in given for pair in one.quantities]) == 2


def test_a_null_reference_does_not_take_away_a_known_one(stripe_sends: Stripe, account: str) -> None:
    session = stripe_sends("checkout.session.completed.subscription", client_reference_id="org_fernhill")
    later = stripe_sends(
        "checkout.session.completed.subscription",
        client_reference_id=None,
        created=session.created + DAY,
        event_id="evt_later",
    )
    for order in ((session, later), (later, session)):
        assert told(*order).read(Organization, account, CUSTOMER).reference == "org_fernhill"


def test_what_a_customer_is_entitled_to_is_recorded(stripe_sends: Stripe, account: str) -> None:
    first = stripe_sends("entitlements.active_entitlement_summary.updated")
    later = stripe_sends(
        "entitlements.active_entitlement_summary.updated",
        created=first.created + DAY,
        event_id="evt_later",
        entitlements={"data": first.object["entitlements"]["data"][:1], "has_more": True},
    )
    for order in ((first, later), (later, first)):
        facet = told(*order).read(Organization, account, CUSTOMER).entitlements
        assert facet is not None
        assert (facet.value.features, facet.value.has_more) == (("proofing",), True)
    assert not told(first).mails


def test_one_purchase_that_makes_an_order_and_an_invoice_mails_one_confirmation(stripe_sends: Stripe) -> None:
    paid = stripe_sends("invoice.paid")
    bought = stripe_sends("checkout.session.completed", invoice=paid.object["id"])
    for order in ((paid, bought), (bought, paid)):
        assert len(told(*order).mails) == 1
    assert len(told(paid, stripe_sends("checkout.session.completed")).mails) == 2
