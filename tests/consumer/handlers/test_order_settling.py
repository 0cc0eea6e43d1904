"""An order follows its payment: captured by hand, released or refunded; each mail goes to the address of the order."""

import pytest

from shared.records.order import Order
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told

SESSION = sample("checkout.session.completed").object["id"]
PAYMENT = sample("checkout.session.completed").object["payment_intent"]
PAID = sample("checkout.session.completed")
WAITING = sample("checkout.session.completed", payment_status="unpaid")
GUEST = sample("checkout.session.completed", customer=None)
REFUNDED, WHOLE = sample("charge.refunded"), sample("charge.refunded.full")
CAPTURED = sample("payment_intent.succeeded.order", created=WAITING.created + 60)
HELD = sample("payment_intent.amount_capturable_updated", id=PAYMENT, created=WAITING.created - 1)
RELEASED = sample("payment_intent.canceled", id=PAYMENT, created=WAITING.created + 60)
LAPSED = sample("charge.expired", payment_intent=PAYMENT, created=WAITING.created + 60)


def order(books: BooksOf, subject: str = CUSTOMER) -> Order:
    return books.read(Order, PLATFORM, subject, SESSION)


def payment(books: BooksOf) -> Payment:
    return books.read(Payment, PLATFORM, PAYMENT)


def mailed(books: BooksOf) -> list[str]:
    return [mail.template for mail in books.mails.values()]


def names(books: BooksOf) -> list[str]:
    return [one.name for one in books.announcements.values()]


@pytest.mark.parametrize("how", [CAPTURED, sample("charge.captured", payment_intent=PAYMENT)], ids=["intent", "charge"])
def test_an_order_that_is_captured_by_hand_is_fulfilled_then_in_any_order(how: Event) -> None:
    for telling in ((WAITING, HELD, how), (how, HELD, WAITING), (HELD, how, WAITING)):
        books = told(*telling)
        assert order(books).state == "fulfilled"
        assert mailed(books) == ["order_confirmed"]
        assert names(books).count("order.fulfilled") == 1


def test_a_hold_is_announced_and_its_order_stays_open() -> None:
    books = told(WAITING, HELD)
    assert (order(books).state, payment(books).status, mailed(books)) == ("open", "authorized", [])
    assert names(books) == ["payment.authorized"]


@pytest.mark.parametrize("how", [RELEASED, LAPSED], ids=["canceled", "lapsed"])
def test_an_order_whose_hold_is_released_is_canceled_and_nobody_is_told_of_a_refund(how: Event) -> None:
    for telling in ((WAITING, how), (how, WAITING)):
        books = told(*telling)
        assert (order(books).state, payment(books).refunded, mailed(books)) == ("canceled", 0, [])


def test_less_may_be_captured_than_was_held_and_that_is_what_was_paid() -> None:
    part = sample("payment_intent.succeeded.order", amount_received=5000, created=WAITING.created + 60)
    (mail,) = told(WAITING, part).mails.values()
    assert mail.data["amount"] == 5000


def test_what_was_released_uncaptured_is_no_refund() -> None:
    # Stripe counts what it released in `amount_refunded`, and a refund on top of it.
    part = {"payment_intent": PAYMENT, "amount_captured": 5000}
    captured = sample("charge.captured", **part, amount_refunded=4300, created=WAITING.created)
    refund = sample("charge.refunded", **part, amount_refunded=5300, previous={"amount_refunded": 4300})
    assert payment(told(captured)).refunded == 0
    books = told(PAID, sample("customer.created"), captured, refund)
    assert (payment(books).refunded, order(books).state) == (1000, "partly_refunded")
    assert [mail.data["amount"] for mail in books.mails.values() if mail.template == "refund"] == [1000]


def test_an_order_says_what_part_of_it_was_refunded() -> None:
    assert order(told(PAID, REFUNDED)).state == "partly_refunded"
    assert order(told(WHOLE, PAID, REFUNDED)).state == "refunded"
    assert names(told(PAID, REFUNDED, WHOLE)) == [
        "order.fulfilled",
        "payment.refunded",
        "order.partly_refunded",
        "payment.refunded",
        "order.refunded",
    ]


def test_an_order_whose_refund_failed_is_not_announced_as_fulfilled_a_second_time() -> None:
    ids = {"payment_intent": PAYMENT, "charge": REFUNDED.object["id"]}
    failed = sample("refund.failed", **ids, amount=3100)
    books = told(PAID, REFUNDED, failed)
    assert order(books).state == "fulfilled"
    assert names(books)[-2:] == ["payment.refunded", "order.refund_undone"]


def test_an_order_that_went_back_whole_before_it_was_heard_of_is_not_confirmed() -> None:
    assert "order_confirmed" not in mailed(told(WHOLE, PAID))


def test_a_guests_refund_is_told_where_the_order_was_confirmed_in_either_order() -> None:
    refund = sample("charge.refunded", customer=None)
    for telling in ((GUEST, refund), (refund, GUEST)):
        books = told(*telling)
        assert sorted(mailed(books)) == ["order_confirmed", "refund"]
        assert {mail.to for mail in books.mails.values()} == {"accounts@example.com"}
        assert order(books, SESSION).state == "partly_refunded"


def test_a_refund_is_told_at_the_orders_address_if_the_customer_has_none() -> None:
    books = told(PAID, REFUNDED)
    assert [(mail.template, mail.to) for mail in books.mails.values()] == [
        ("order_confirmed", "accounts@example.com"),
        ("refund", "accounts@example.com"),
    ]


def test_a_voucher_that_nobody_paid_in_time_is_told_though_it_was_never_on_its_way() -> None:
    error = {"code": "payment_intent_payment_attempt_expired", "decline_code": None}
    expired = sample("payment_intent.payment_failed", last_payment_error=error, metadata={"order_id": "o_1"})
    assert payment_of(expired).failed_unseen
    assert not payment_of(sample("payment_intent.payment_failed")).failed_unseen


def payment_of(event: Event) -> Payment:
    return told(event).read(Payment, PLATFORM, event.object["id"])
