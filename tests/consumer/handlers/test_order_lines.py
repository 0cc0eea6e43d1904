"""With `lines = "stripe"` under `[orders]`, a fulfilled order asks Stripe what was bought, and tells it once."""

from typing import Any

import pytest

from functions.consumer.decide.decide import decide
from shared.decisions.facts import LINES_KNOWN
from shared.effects.announcement import Announcement
from shared.effects.observe import Observe
from shared.failures.errors import Permanent
from shared.records.order import Order
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.order_lines import AT_STRIPE, PAID, SESSION, WITH_LINES, answered, look
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told

GUEST = sample("checkout.session.completed", customer=None)
UNPAID = sample("checkout.session.completed.unpaid")
REFUNDED = sample("charge.refunded.full", payment_intent=PAID.object["payment_intent"], customer=CUSTOMER)


def asked(*events: Event) -> list[Observe]:
    """The looks at lines that these events bring up."""
    return [one for one in told(*events, policy=WITH_LINES).observations.values() if one.object == "order_lines"]


def announced(books: BooksOf) -> list[Announcement]:
    return [one for one in books.announcements.values() if one.name == LINES_KNOWN]


def order(books: BooksOf, subject: str = CUSTOMER) -> Order:
    return books.read(Order, PLATFORM, subject, SESSION)


def test_nobody_asks_unless_the_business_wants_lines() -> None:
    assert not told(PAID).observations
    assert asked(PAID) == [look(PAID)]


def test_an_order_of_a_guest_asks_too(account: str) -> None:
    guest = GUEST.model_copy(update={"account": account})
    assert asked(guest) == [look(guest)]
    assert look(guest).owner == SESSION


def test_an_order_is_asked_about_once_however_often_stripe_tells_of_it() -> None:
    again = PAID.model_copy(update={"id": "evt_again", "created": PAID.created + 1})
    assert asked(PAID, again) == [look(PAID)]


def test_a_delayed_payment_asks_when_it_has_come() -> None:
    paid = sample("checkout.session.async_payment_succeeded")
    assert asked(UNPAID) == []
    assert asked(UNPAID, paid) == [look(paid)]
    assert asked(sample("checkout.session.async_payment_failed")) == []


def test_a_manual_capture_asks_when_the_money_is_collected() -> None:
    held = sample("checkout.session.completed", payment_status="unpaid")
    captured = sample("payment_intent.succeeded.order", created=held.created + 60)
    assert asked(held) == []
    (asking,) = asked(held, captured)
    assert (asking.id, asking.event, asking.customer) == (SESSION, captured.id, CUSTOMER)


@pytest.mark.parametrize("payment_intent", [None, PAID.object["payment_intent"]])
def test_an_order_that_costs_nothing_asks(payment_intent: str | None) -> None:
    free = sample("checkout.session.completed", payment_status="no_payment_required", payment_intent=payment_intent)
    assert asked(free) == [look(free)]


@pytest.mark.parametrize("name", ["completed.subscription", "completed.setup", "expired"])
def test_no_session_without_an_order_asks_and_no_order_that_expired(name: str) -> None:
    assert asked(sample(f"checkout.session.{name}")) == []


def test_an_order_whose_refund_came_first_asks_nothing() -> None:
    assert asked(REFUNDED, PAID) == []


def test_a_session_that_a_refresh_has_told_first_asks_and_its_event_does_not_again() -> None:
    seen = PAID.model_copy(update={"id": "seen_1", "type": "observed.checkout_session"})
    assert asked(seen, PAID) == [look(seen)]


def test_what_was_bought_is_saved_and_announced_with_its_sale() -> None:
    books = told(PAID, answered(PAID), policy=WITH_LINES)
    (one,) = announced(books)
    assert one.lines is not None
    assert [line.model_dump(exclude_none=True) for line in one.lines] == [
        {
            "price": "price_1URepr",
            "product": "prod_Tq3Wd8",
            "lookup_key": "print_a2",
            "quantity": 3,
            "amount": 6300,
            "currency": "usd",
        },
        {"price": "price_1UFrame", "product": "prod_Tq3We1", "quantity": 1, "amount": 2100, "currency": "usd"},
    ]
    paid = books.announcements[f"{PAID.id}:order.fulfilled"]
    assert (one.facts, one.reference, one.customer) == (paid.facts, "order_1042", CUSTOMER)
    assert (one.record, one.version) == (paid.record, paid.version + 1)
    saved = order(books)
    assert saved.lines is not None
    assert saved.lines.lines == one.lines


def test_only_that_announcement_lists_the_lines() -> None:
    books = told(PAID, answered(PAID), REFUNDED, policy=WITH_LINES)
    assert len(books.announcements) > 3
    assert [name for name, one in books.announcements.items() if one.lines] == [f"{answered(PAID).id}:{LINES_KNOWN}"]
    assert order(books).lines


def test_of_more_lines_than_fit_the_announcement_says_so() -> None:
    (one,) = announced(told(PAID, answered(PAID, more=True), policy=WITH_LINES))
    assert one.facts["more_lines"] is True
    (whole,) = announced(told(PAID, answered(PAID), policy=WITH_LINES))
    assert "more_lines" not in whole.facts


def test_an_answer_that_comes_again_or_late_tells_nothing_twice() -> None:
    other = answered(PAID.model_copy(update={"id": "evt_other"}), 3600, AT_STRIPE[:1])
    books = told(PAID, answered(PAID), policy=WITH_LINES)
    before = books.contents()
    for late in (answered(PAID), other):
        decision = decide(late, books)
        assert (decision.save, decision.then) == ((), ())
        books.apply(decision)
    assert books.contents() == before


def test_an_order_that_was_refunded_meanwhile_is_told_as_refunded() -> None:
    (one,) = announced(told(PAID, REFUNDED, answered(PAID, 10**7), policy=WITH_LINES))
    assert (one.facts["state"], len(one.lines or ())) == ("refunded", 2)


def test_a_guests_order_is_told_without_a_customer() -> None:
    books = told(GUEST, answered(GUEST), policy=WITH_LINES)
    (one,) = announced(books)
    assert (one.customer, one.reference, one.facts["session"]) == (None, "order_1042", SESSION)
    assert order(books, SESSION).lines


def kept(books: BooksOf, answer: Event) -> tuple[Any, ...]:
    """All that the decision on an answer keeps or does."""
    decision = decide(answer, books)
    return (*decision.save, *decision.then, *decision.sessions, *(["the message"] if decision.archive else []))


def test_of_a_guest_who_was_erased_meanwhile_nothing_is_kept() -> None:
    gone = Order(account=PLATFORM, subject=SESSION, session_id=SESSION, erased_at=GUEST.created + 30)
    assert kept(BooksOf(gone, policy=WITH_LINES), answered(GUEST)) == ()


@pytest.mark.parametrize("read_after", [-5, 5], ids=["read before", "read after"])
@pytest.mark.parametrize("deleted", [False, True], ids=["the order is still there", "the order is gone"])
@pytest.mark.parametrize("back", [False, True], ids=["gone for good", "back"])
def test_nor_of_a_customer_who_was(read_after: int, *, deleted: bool, back: bool) -> None:
    erased_at = PAID.created + 30
    books = told(PAID, policy=WITH_LINES)
    organization = Organization(account=PLATFORM, subject=CUSTOMER, erased_at=erased_at, version=int(back))
    books.records[organization.key] = organization
    if deleted:
        del books.records[order(books).key]
    assert kept(books, answered(PAID, 30 + read_after)) == ()


def test_a_customer_who_came_back_is_told_what_the_new_order_has() -> None:
    back = Organization(account=PLATFORM, subject=CUSTOMER, erased_at=PAID.created - 30, version=1)
    books = BooksOf(back, policy=WITH_LINES)
    for event in (PAID, answered(PAID)):
        books.apply(decide(event, books))
    assert len(announced(books)) == 1


def test_an_answer_about_an_order_that_nobody_knows_changes_nothing() -> None:
    decision = decide(answered(PAID), BooksOf(policy=WITH_LINES))
    assert (decision.save, decision.then) == ((), ())


def test_a_line_that_is_not_as_stripe_documents_it_is_named_without_its_value() -> None:
    with pytest.raises(Permanent) as refused:
        decide(answered(PAID, lines=[{**AT_STRIPE[0], "amount_total": "a lot"}]), told(PAID, policy=WITH_LINES))
    assert "a lot" not in str(refused.value)
    assert "amount_total" in str(refused.value)


def test_a_line_without_a_price_is_told_by_its_amount() -> None:
    bare = {"price": {"id": None, "product": None, "lookup_key": None}, "quantity": None}
    (one,) = announced(told(PAID, answered(PAID, lines=[{**AT_STRIPE[0], **bare}]), policy=WITH_LINES))
    assert [line.model_dump(exclude_none=True) for line in one.lines or ()] == [{"amount": 6300, "currency": "usd"}]
