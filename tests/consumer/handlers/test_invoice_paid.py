"""invoice.paid: what was owed is owed no more."""

import pytest

from functions.consumer.handlers.invoice_paid import handle
from shared.errors import Permanent
from tests.support.books import BooksOf
from tests.support.samples import Stripe
from tests.support.stories import CUSTOMER, RENEWAL, told


def test_a_recovered_payment_settles_what_was_past_due(stripe_sends: Stripe, account: str) -> None:
    failed, paid = stripe_sends("invoice.payment_failed"), stripe_sends("invoice.paid.recovered")
    assert told(failed).organization(account, CUSTOMER).past_due
    assert not told(failed, paid).organization(account, CUSTOMER).past_due


def test_the_address_on_a_paid_invoice_is_where_mail_goes_from_now_on(stripe_sends: Stripe, account: str) -> None:
    assert told(stripe_sends("invoice.paid")).organization(account, CUSTOMER).address == "marit.halden@example.com"


def test_an_invoice_without_an_address_leaves_the_known_one_alone(stripe_sends: Stripe, account: str) -> None:
    silent = stripe_sends("invoice.paid.recovered", customer_email=None)
    known = told(stripe_sends("invoice.paid"), silent).organization(account, CUSTOMER)
    assert known.address == "marit.halden@example.com"


def test_nobody_is_mailed_for_having_paid(stripe_sends: Stripe) -> None:
    assert handle(stripe_sends("invoice.paid"), BooksOf()).then == ()


def test_the_invoice_knows_its_subscription(stripe_sends: Stripe, account: str) -> None:
    invoice = told(stripe_sends("invoice.paid.recovered")).organization(account, CUSTOMER).invoice(RENEWAL)
    assert invoice is not None
    assert invoice.subscription == "sub_1USCcRHv8KpR2wXnxQPUiPdq"


@pytest.mark.parametrize(("field", "wrong"), [("customer", None), ("amount_remaining", "4242 dollars")])
def test_an_invoice_that_is_not_as_documented_is_refused_by_the_name_of_its_field_alone(
    stripe_sends: Stripe, field: str, wrong: object
) -> None:
    with pytest.raises(Permanent) as refused:
        handle(stripe_sends("invoice.paid", **{field: wrong}), BooksOf())
    assert refused.value.where == field
    assert "4242" not in str(refused.value)
