"""invoice.paid: the invoice is no longer owed, and the customer gets a receipt."""

import pytest

from functions.consumer.decide.decide import decide
from functions.consumer.handlers.invoice_paid import handle
from shared.effects.email import Email
from shared.failures.errors import Permanent
from shared.records.organization import Organization
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import Stripe, signed_by
from tests.support.stories import CUSTOMER, RENEWAL, told


def test_a_recovered_payment_settles_what_was_past_due(stripe_sends: Stripe, account: str) -> None:
    failed, paid = stripe_sends("invoice.payment_failed"), stripe_sends("invoice.paid.recovered")
    assert told(failed).read(Organization, account, CUSTOMER).past_due
    assert not told(failed, paid).read(Organization, account, CUSTOMER).past_due


def test_the_address_on_a_paid_invoice_is_where_mail_goes_from_now_on(stripe_sends: Stripe, account: str) -> None:
    assert told(stripe_sends("invoice.paid")).read(Organization, account, CUSTOMER).address == "accounts@example.com"


def test_an_invoice_without_an_address_leaves_the_known_one_alone(stripe_sends: Stripe, account: str) -> None:
    muted = stripe_sends("invoice.paid.recovered", customer_email=None)
    known = told(stripe_sends("invoice.paid"), muted).read(Organization, account, CUSTOMER)
    assert known.address == "accounts@example.com"


def test_whoever_paid_is_sent_one_receipt_for_both_events_that_tell_of_it(stripe_sends: Stripe, account: str) -> None:
    paid, alias = stripe_sends("invoice.paid"), stripe_sends("invoice.payment_succeeded")
    for order in ((paid, alias), (alias, paid)):
        (mail,) = told(*order).mails.values()
        assert mail == Email(
            template="receipt",
            to="accounts@example.com",
            partition=f"{account}#{CUSTOMER}",
            key=f"receipt:{paid.object['id']}",
            expires=paid.created + 3 * DAY,
            data={
                "name": "Fernhill Studio",
                "amount": 2900,
                "currency": "usd",
                "number": paid.object["number"],
                "url": paid.object["invoice_pdf"],
                **signed_by(paid),
            },
        )


def test_an_invoice_of_nothing_is_paid_without_a_receipt(stripe_sends: Stripe) -> None:
    assert handle(stripe_sends("invoice.paid", amount_paid=0), BooksOf()).then == ()


def test_a_customer_who_was_deleted_gets_no_receipt(stripe_sends: Stripe) -> None:
    assert not told(stripe_sends("customer.deleted"), stripe_sends("invoice.paid")).mails


def test_a_receipt_that_waits_for_an_address_is_sent_once_by_either_event(
    stripe_sends: Stripe,
) -> None:
    muted = stripe_sends("invoice.paid", customer_email=None)
    decision = decide(stripe_sends("invoice.payment_succeeded"), told(muted))
    assert [one.to for one in decision.then if isinstance(one, Email)] == ["accounts@example.com"]


def test_the_invoice_knows_its_subscription(stripe_sends: Stripe, account: str) -> None:
    invoice = told(stripe_sends("invoice.paid.recovered")).read(Organization, account, CUSTOMER).invoice(RENEWAL)
    assert invoice is not None
    assert invoice.subscription == "sub_1USCcRHv8KpR2wXnxQPUiPdq"


@pytest.mark.parametrize(("field", "wrong"), [("customer", None), ("amount_remaining", "4242 dollars")])
def test_an_undocumented_invoice_is_refused_by_the_name_of_its_field_alone(
    stripe_sends: Stripe, field: str, wrong: object
) -> None:
    with pytest.raises(Permanent) as refused:
        handle(stripe_sends("invoice.paid", **{field: wrong}), BooksOf())
    assert refused.value.where == field
    assert "4242" not in str(refused.value)
