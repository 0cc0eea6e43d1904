"""The answers that the business needs are derived from a record's facets."""

import pytest

from shared.records.order import Order
from shared.records.organization import Organization
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.objects import read
from shared.values.platform import PLATFORM
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, SUBSCRIPTION, told

NOBODY = Organization(account=PLATFORM, subject=CUSTOMER)


def order_after(*names: str) -> Order:
    order = Order(account=PLATFORM, subject=CUSTOMER, session_id="cs_1")
    for name in names:
        event = sample(name)
        order = order.with_session(read(CheckoutSession, event.object), event)
    return order


def test_of_a_customer_nobody_has_heard_of_nothing_is_known() -> None:
    assert not NOBODY.access
    assert not NOBODY.past_due
    assert (NOBODY.address, NOBODY.name, NOBODY.last_ended) == (None, None, None)
    assert (NOBODY.invoice("in_1"), NOBODY.subscription("sub_1")) == (None, None)


@pytest.mark.parametrize(
    ("names", "state"),
    [
        ((), "open"),
        (("checkout.session.completed.unpaid",), "open"),
        (("checkout.session.completed.unpaid", "checkout.session.async_payment_succeeded"), "fulfilled"),
        (("checkout.session.async_payment_succeeded", "checkout.session.completed.unpaid"), "fulfilled"),
        (("checkout.session.completed",), "fulfilled"),
        (("checkout.session.expired",), "expired"),
    ],
)
def test_an_orders_state_follows_its_session(names: tuple[str, ...], state: str) -> None:
    assert order_after(*names).state == state


def test_an_order_nobody_has_told_of_yet_has_no_address() -> None:
    assert order_after().address is order_after().name is None


def test_a_reminder_moves_forward_only() -> None:
    moved = NOBODY.with_reminder("in_1", 20).with_reminder("in_1", 10).with_reminder("in_2", 5)
    assert moved.reminders == {"in_1": 20, "in_2": 5}


@pytest.mark.parametrize(
    ("status", "owed"), [("open", True), ("paid", False), ("void", False), ("uncollectible", False), ("draft", False)]
)
def test_only_an_open_invoice_that_was_tried_is_past_due(status: str, *, owed: bool) -> None:
    books = told(sample("invoice.payment_failed", status=status))
    assert books.read(Organization, PLATFORM, CUSTOMER).past_due is owed
    untried = told(sample("invoice.payment_failed", status=status, attempted=False))
    assert not untried.read(Organization, PLATFORM, CUSTOMER).past_due


def test_of_a_failed_first_payment_that_expired_nothing_is_said_to_have_ended() -> None:
    expired = sample(
        "customer.subscription.updated",
        id="sub_zz_tried",
        event_id="evt_x",
        status="incomplete_expired",
        ended_at=2**31,
    )
    ended = told(sample("customer.subscription.deleted"), expired).read(Organization, PLATFORM, CUSTOMER).last_ended
    assert ended is not None
    assert ended.id == SUBSCRIPTION


def test_the_subscription_that_ended_last_is_known_by_its_time_and_not_by_its_id() -> None:
    last = sample("customer.subscription.deleted")
    first = sample("customer.subscription.deleted", id="sub_zz_first", ended_at=last.object["ended_at"] - 1)
    for order in ((first, last), (last, first)):
        ended = told(*order).read(Organization, PLATFORM, CUSTOMER).last_ended
        assert ended is not None
        assert ended.id == SUBSCRIPTION
