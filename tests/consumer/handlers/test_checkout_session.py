"""checkout.session.*: an order is fulfilled when it is paid, for customers and guests."""

import pytest

from functions.consumer.handlers.checkout_session import handle
from shared.decisions.decision import NOTHING
from shared.effects.email import Email
from shared.failures.errors import Permanent
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told

PAID = sample("checkout.session.completed")
UNPAID = sample("checkout.session.completed.unpaid")
GUEST = sample("checkout.session.completed", customer=None)


def test_a_paid_order_is_fulfilled(account: str) -> None:
    event = PAID.model_copy(update={"account": account})
    order = told(event).read(Order, account, CUSTOMER, event.object["id"])
    assert (order.state, order.address, order.name) == ("fulfilled", "accounts@example.com", "Fernhill Studio")


def test_a_paid_order_is_confirmed_by_one_mail_however_often_stripe_tells_of_it(account: str) -> None:
    once = PAID.model_copy(update={"account": account})
    again = once.model_copy(update={"id": "evt_again", "created": once.created + 1})
    (mail,) = told(once, again, once).mails.values()
    assert mail == Email(
        template="order_confirmed",
        to="accounts@example.com",
        partition=f"{account}#{CUSTOMER}",
        key=f"order_confirmed:{once.object['id']}",
        expires=once.created + 72 * 3600,
        data={"name": "Fernhill Studio", "amount": 9300, "currency": "usd"},
    )


def test_an_order_with_its_payment_on_the_way_is_neither_fulfilled_nor_confirmed() -> None:
    books = told(UNPAID)
    assert books.read(Order, PLATFORM, CUSTOMER, UNPAID.object["id"]).state == "open"
    assert not books.mails


def test_news_of_an_unpaid_session_that_come_late_do_not_undo_its_payment() -> None:
    late = sample("checkout.session.completed", created=PAID.created - 1, event_id="evt_late", payment_status="unpaid")
    assert told(PAID, late).read(Order, PLATFORM, CUSTOMER, PAID.object["id"]).state == "fulfilled"


def test_an_order_that_costs_nothing_is_fulfilled() -> None:
    free = sample("checkout.session.completed", payment_status="no_payment_required", amount_total=0)
    books = told(free)
    assert books.read(Order, PLATFORM, CUSTOMER, free.object["id"]).state == "fulfilled"
    assert len(books.mails) == 1


def test_a_guests_order_lies_under_its_session(account: str) -> None:
    event = GUEST.model_copy(update={"account": account})
    session = event.object["id"]
    books = told(event)
    assert books.read(Order, account, session, session).state == "fulfilled"
    assert [mail.partition for mail in books.mails.values()] == [f"{account}#{session}"]


def test_an_order_without_an_address_is_confirmed_once_its_customer_has_one() -> None:
    nameless = sample("checkout.session.completed", customer_details=None)
    books = told(nameless)
    assert books.read(Order, PLATFORM, CUSTOMER, nameless.object["id"]).state == "fulfilled"
    assert not books.mails
    known = sample("customer.created", created=nameless.created + 1)
    (mail,) = told(nameless, known).mails.values()
    assert (mail.template, mail.to) == ("order_confirmed", "accounts@example.com")


def test_a_guests_order_without_an_address_has_a_mail_without_an_address() -> None:
    books = told(sample("checkout.session.completed", customer=None, customer_details=None))
    assert [mail.to for mail in books.mails.values()] == [None]


def test_a_delayed_payment_is_fulfilled_and_confirmed_once_it_has_come(account: str) -> None:
    unpaid = UNPAID.model_copy(update={"account": account})
    paid = sample("checkout.session.async_payment_succeeded").model_copy(update={"account": account})
    for order in ((unpaid, paid), (paid, unpaid)):
        books = told(*order)
        assert books.read(Order, account, CUSTOMER, paid.object["id"]).state == "fulfilled"
        assert [mail.template for mail in books.mails.values()] == ["order_confirmed"]


def test_a_delayed_payment_that_fails_closes_the_order_and_says_so_once(account: str) -> None:
    failed = sample("checkout.session.async_payment_failed").model_copy(update={"account": account})
    books = told(failed, failed.model_copy(update={"id": "evt_twin"}))
    assert books.read(Order, account, CUSTOMER, failed.object["id"]).state == "failed"
    (mail,) = books.mails.values()
    assert mail.key == f"order_failed:{failed.object['payment_intent']}"


@pytest.mark.parametrize("payment_status", ["unpaid", "no_payment_required"])
def test_an_expired_session_is_closed_without_a_mail_even_if_it_cost_nothing(payment_status: str) -> None:
    expired = sample("checkout.session.expired", payment_status=payment_status)
    books = told(expired)
    session = expired.object["id"]
    assert books.read(Order, PLATFORM, session, session).state == "expired"
    assert not books.mails


def test_an_orders_payment_knows_its_order_so_that_refunds_and_disputes_find_it(account: str) -> None:
    event = PAID.model_copy(update={"account": account})
    payment = told(event).read(Payment, account, event.object["payment_intent"])
    assert (payment.purpose, payment.session, payment.customer) == ("order", event.object["id"], CUSTOMER)


def test_the_business_finds_its_own_reference_on_whoever_subscribed(account: str) -> None:
    event = sample("checkout.session.completed.subscription", client_reference_id="org_fernhill")
    organization = told(event.model_copy(update={"account": account})).read(Organization, account, CUSTOMER)
    assert organization.reference == "org_fernhill"


def test_a_new_subscribers_address_is_remembered_and_nobody_is_mailed() -> None:
    books = told(sample("checkout.session.completed.subscription"))
    organization = books.read(Organization, PLATFORM, CUSTOMER)
    assert (organization.address, organization.name) == ("accounts@example.com", "Fernhill Studio")
    assert not books.mails


def test_saving_a_card_for_later_changes_nothing() -> None:
    assert handle(sample("checkout.session.completed.setup"), BooksOf()) == NOTHING


def test_an_undocumented_session_is_refused_by_the_name_of_its_field_alone() -> None:
    with pytest.raises(Permanent) as refused:
        handle(sample("checkout.session.completed", payment_status={"secret": "4242"}), BooksOf())
    assert refused.value.where == "payment_status"
    assert "4242" not in str(refused.value)
