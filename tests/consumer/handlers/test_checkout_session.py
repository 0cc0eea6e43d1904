"""checkout.session.completed: an order is fulfilled when it is paid, whoever bought it."""

import pytest

from functions.consumer.handlers.checkout_session import handle
from shared.decision import NOTHING
from shared.effects import Email
from shared.errors import Permanent
from shared.event import PLATFORM
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told

PAID = sample("checkout.session.completed")
UNPAID = sample("checkout.session.completed.unpaid")
GUEST = sample("checkout.session.completed", customer=None)


def test_a_paid_order_is_fulfilled(account: str) -> None:
    event = PAID.model_copy(update={"account": account})
    order = told(event).order(account, CUSTOMER, event.object["id"])
    assert (order.state, order.address, order.name) == ("fulfilled", "marit.halden@example.com", "Fernhill Studio")


def test_a_paid_order_is_confirmed_by_one_mail_however_often_stripe_tells_of_it(account: str) -> None:
    once = PAID.model_copy(update={"account": account})
    again = once.model_copy(update={"id": "evt_again", "created": once.created + 1})
    (mail,) = told(once, again, once).mails.values()
    assert mail == Email(
        template="order_confirmed",
        to="marit.halden@example.com",
        partition=f"{account}#{CUSTOMER}",
        key=f"order_confirmed:{once.object['id']}",
        expires=once.created + 72 * 3600,
        data={"name": "Fernhill Studio", "amount": 9300, "currency": "usd"},
    )


def test_an_order_whose_payment_is_still_on_its_way_is_neither_fulfilled_nor_confirmed() -> None:
    books = told(UNPAID)
    assert books.order(PLATFORM, CUSTOMER, UNPAID.object["id"]).state == "open"
    assert not books.mails


def test_news_of_an_unpaid_session_that_come_late_do_not_undo_its_payment() -> None:
    late = sample("checkout.session.completed", created=PAID.created - 1, event_id="evt_late", payment_status="unpaid")
    assert told(PAID, late).order(PLATFORM, CUSTOMER, PAID.object["id"]).state == "fulfilled"


def test_an_order_that_costs_nothing_is_fulfilled() -> None:
    free = sample("checkout.session.completed", payment_status="no_payment_required", amount_total=0)
    books = told(free)
    assert books.order(PLATFORM, CUSTOMER, free.object["id"]).state == "fulfilled"
    assert len(books.mails) == 1


def test_a_guests_order_lies_under_its_session(account: str) -> None:
    event = GUEST.model_copy(update={"account": account})
    session = event.object["id"]
    books = told(event)
    assert books.order(account, session, session).state == "fulfilled"
    assert [mail.partition for mail in books.mails.values()] == [f"{account}#{session}"]


def test_an_order_without_an_address_is_fulfilled_and_its_mail_says_that_it_has_nowhere_to_go() -> None:
    nameless = sample("checkout.session.completed", customer_details=None)
    books = told(nameless)
    assert books.order(PLATFORM, CUSTOMER, nameless.object["id"]).state == "fulfilled"
    assert [mail.to for mail in books.mails.values()] == [None]


def test_a_new_subscribers_address_is_remembered_and_nobody_is_mailed() -> None:
    books = told(sample("checkout.session.completed.subscription"))
    organization = books.organization(PLATFORM, CUSTOMER)
    assert (organization.address, organization.name) == ("marit.halden@example.com", "Fernhill Studio")
    assert not books.mails


def test_saving_a_card_for_later_changes_nothing() -> None:
    assert handle(sample("checkout.session.completed.setup"), BooksOf()) == NOTHING


def test_a_session_that_is_not_as_documented_is_refused_by_the_name_of_its_field_alone() -> None:
    with pytest.raises(Permanent) as refused:
        handle(sample("checkout.session.completed", payment_status={"secret": "4242"}), BooksOf())
    assert refused.value.where == "payment_status"
    assert "4242" not in str(refused.value)
