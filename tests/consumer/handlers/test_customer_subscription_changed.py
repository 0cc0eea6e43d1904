"""customer.subscription.created and .updated: access follows the newest word on the subscription."""

import pytest

from functions.consumer.handlers.customer_subscription_changed import handle
from shared.errors import Permanent
from tests.support.books import BooksOf
from tests.support.samples import Stripe
from tests.support.stories import CUSTOMER, SUBSCRIPTION, told

WITH_ACCESS = ["trialing", "active", "past_due"]
WITHOUT_ACCESS = ["incomplete", "incomplete_expired", "unpaid", "paused", "canceled"]


def test_the_first_that_is_heard_of_a_customer_makes_the_organization(stripe_sends: Stripe, account: str) -> None:
    organization = told(stripe_sends("customer.subscription.created")).organization(account, CUSTOMER)
    assert organization.version == 1
    assert organization.access


@pytest.mark.parametrize("status", WITH_ACCESS)
def test_a_subscription_that_is_alive_gives_access(stripe_sends: Stripe, account: str, status: str) -> None:
    assert told(stripe_sends("customer.subscription.updated", status=status)).organization(account, CUSTOMER).access


@pytest.mark.parametrize("status", WITHOUT_ACCESS)
def test_a_subscription_that_is_not_alive_gives_none(stripe_sends: Stripe, account: str, status: str) -> None:
    books = told(
        stripe_sends("customer.subscription.created"), stripe_sends("customer.subscription.updated", status=status)
    )
    assert not books.organization(account, CUSTOMER).access


@pytest.mark.parametrize("status", ["past_due", "unpaid"])
def test_a_subscription_whose_invoice_is_owed_makes_the_organization_past_due(
    stripe_sends: Stripe, account: str, status: str
) -> None:
    books = told(stripe_sends("customer.subscription.updated", status=status))
    assert books.organization(account, CUSTOMER).past_due


def test_a_renewal_moves_the_day_of_the_next_charge(stripe_sends: Stripe, account: str) -> None:
    books = told(stripe_sends("customer.subscription.updated.renewal"))
    subscription = books.organization(account, CUSTOMER).subscription(SUBSCRIPTION)
    assert subscription is not None
    assert subscription.renews_at == 1797671554


def test_a_change_of_plan_is_seen_in_the_items(stripe_sends: Stripe, account: str) -> None:
    before, after = (
        stripe_sends("customer.subscription.created"),
        stripe_sends("customer.subscription.updated.plan_change"),
    )
    plans = []
    for books in (told(before), told(before, after), told(after, before)):
        subscription = books.organization(account, CUSTOMER).subscription(SUBSCRIPTION)
        assert subscription is not None
        plans.append([item.price for item in subscription.items])
    assert plans[0] != plans[1] == plans[2]


def test_nobody_is_mailed_for_a_change(stripe_sends: Stripe) -> None:
    books = told(stripe_sends("customer.subscription.created"), stripe_sends("customer.subscription.updated"))
    assert not books.mails
    assert not books.reminders


@pytest.mark.parametrize(("field", "wrong"), [("customer", None), ("status", 4242), ("start_date", "4242 o'clock")])
def test_a_subscription_that_is_not_as_documented_is_refused_by_the_name_of_its_field_alone(
    stripe_sends: Stripe, field: str, wrong: object
) -> None:
    with pytest.raises(Permanent) as refused:
        handle(stripe_sends("customer.subscription.updated", **{field: wrong}), BooksOf())
    assert refused.value.where == field
    assert "4242" not in str(refused.value)
