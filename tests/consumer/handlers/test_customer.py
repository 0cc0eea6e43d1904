"""customer.*: the customer's identity, and the address of all mail."""

import pytest

from functions.consumer.handlers.customer import handle
from shared.failures.errors import Permanent
from shared.policy.policy import Policy
from shared.records.organization import Organization
from tests.support.books import BooksOf
from tests.support.samples import Stripe
from tests.support.stories import CUSTOMER, told


def test_the_customers_own_address_is_the_one_that_mail_goes_to(stripe_sends: Stripe, account: str) -> None:
    books = told(stripe_sends("customer.created"))
    organization = books.read(Organization, account, CUSTOMER)
    assert (organization.address, organization.name) == ("accounts@example.com", "Fernhill Studio")
    assert organization.members == {"accounts@example.com": "ADMIN"}
    assert not books.mails


def test_a_new_address_is_followed_whatever_an_invoice_has_frozen(stripe_sends: Stripe, account: str) -> None:
    created, updated, paid = (stripe_sends(name) for name in ("customer.created", "customer.updated", "invoice.paid"))
    for order in ((created, updated, paid), (paid, updated, created)):
        organization = told(*order).read(Organization, account, CUSTOMER)
        assert organization.members == {"studio@example.com": "ADMIN"}


def test_a_customer_who_has_removed_the_address_is_not_written_to_at_an_older_one(
    stripe_sends: Stripe, account: str
) -> None:
    paid, removed = stripe_sends("invoice.paid"), stripe_sends("customer.updated", email=None)
    for order in ((paid, removed), (removed, paid)):
        assert told(*order).read(Organization, account, CUSTOMER).address is None


def test_an_address_that_was_given_at_a_later_checkout_is_used(stripe_sends: Stripe, account: str) -> None:
    nameless = stripe_sends("customer.created", email=None)
    books = told(nameless, stripe_sends("checkout.session.completed.subscription"))
    assert books.read(Organization, account, CUSTOMER).address == "accounts@example.com"


def test_a_deleted_customer_is_erased_at_once(stripe_sends: Stripe, account: str) -> None:
    deleted = stripe_sends("customer.deleted")
    updated = stripe_sends("customer.updated", created=deleted.created)
    for order in ((deleted, updated), (updated, deleted)):
        books = told(*order)
        assert books.read(Organization, account, CUSTOMER).deleted
        (erasure,) = books.reminders.values()
        assert (erasure.type, erasure.at, erasure.about) == ("erasure.due", deleted.created, CUSTOMER)
        assert not books.mails


def test_a_newer_update_shows_that_the_customer_is_not_deleted(stripe_sends: Stripe, account: str) -> None:
    deleted = stripe_sends("customer.deleted")
    updated = stripe_sends("customer.updated", created=deleted.created + 1)
    for order in ((deleted, updated), (updated, deleted)):
        assert not told(*order).read(Organization, account, CUSTOMER).deleted


def test_a_deleted_customer_is_kept_if_the_business_says_so(stripe_sends: Stripe) -> None:
    books = BooksOf(policy=Policy(erase_deleted=False))
    assert handle(stripe_sends("customer.deleted"), books).then == ()


def test_one_id_in_two_accounts_is_two_customers(stripe_sends: Stripe, account: str) -> None:
    elsewhere = stripe_sends("customer.created").model_copy(update={"account": "acct_elsewhere"})
    assert told(elsewhere).read(Organization, account, CUSTOMER).version == 0


def test_an_undocumented_customer_is_refused_by_the_name_of_its_field_alone(stripe_sends: Stripe) -> None:
    with pytest.raises(Permanent) as refused:
        handle(stripe_sends("customer.updated", email={"secret": "4242"}), BooksOf())
    assert refused.value.where == "email"
    assert "4242" not in str(refused.value)
