"""Any event may be the first one about a subscription: the event itself says what changed."""

import pytest

from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import Stripe
from tests.support.stories import CUSTOMER, told


@pytest.fixture
def somebody(stripe_sends: Stripe) -> Event:
    """Who the customer is, so that there is an address to send to."""
    return stripe_sends("customer.created")


def mailed(books: BooksOf) -> list[str]:
    return [mail.template for mail in books.mails.values()]


def announced(books: BooksOf) -> list[str]:
    return [one.name.removeprefix("organization.") for one in books.announcements.values()]


def test_a_change_of_plan_is_mailed_and_announced(stripe_sends: Stripe, somebody: Event) -> None:
    begun = stripe_sends("customer.subscription.created").object["items"]
    change = stripe_sends("customer.subscription.updated.plan_change", previous={"items": begun})
    books = told(somebody, change)
    (mail,) = books.mails.values()
    assert (mail.template, mail.data["was"], mail.data["now"]) == ("plan_changed", "Studio", "Agency")
    assert announced(books) == ["plan_changed"]


@pytest.mark.parametrize("how", ["cancel_scheduled", "cancel_scheduled_portal"])
def test_a_cancellation_is_mailed_and_announced(stripe_sends: Stripe, somebody: Event, how: str) -> None:
    books = told(somebody, stripe_sends(f"customer.subscription.updated.{how}"))
    assert mailed(books) == ["cancellation_scheduled"]
    assert announced(books) == ["cancellation_scheduled"]


def test_a_recovery_is_announced(stripe_sends: Stripe) -> None:
    assert announced(told(stripe_sends("customer.subscription.updated.recovered"))) == ["recovered"]


@pytest.mark.parametrize("end", ["deleted", "paused"])
def test_an_end_revokes_access(stripe_sends: Stripe, end: str) -> None:
    assert announced(told(stripe_sends(f"customer.subscription.{end}"))) == ["access_revoked"]


def test_a_customer_first_heard_of_when_deleted_has_no_access_any_more(stripe_sends: Stripe, account: str) -> None:
    books = told(stripe_sends("customer.deleted"))
    assert announced(books) == ["access_revoked", "deleted"]
    assert books.read(Organization, account, CUSTOMER).access is False


def test_a_failure_does_not_say_that_there_is_no_access(stripe_sends: Stripe, account: str) -> None:
    books = told(stripe_sends("invoice.payment_failed"))
    (past_due,) = books.announcements.values()
    assert past_due.name == "organization.past_due"
    assert "access" not in past_due.facts
    assert books.read(Organization, account, CUSTOMER).access is None


def test_access_is_known_again_once_the_subscription_is(stripe_sends: Stripe, account: str) -> None:
    failed, ended = stripe_sends("invoice.payment_failed"), stripe_sends("customer.subscription.deleted")
    assert told(failed, ended).read(Organization, account, CUSTOMER).access is False


def test_an_invoice_of_another_subscription_leaves_it_open_whether_there_is_access(
    stripe_sends: Stripe, account: str
) -> None:
    ended = stripe_sends("customer.subscription.deleted", id="sub_another")
    assert told(ended, stripe_sends("invoice.paid")).read(Organization, account, CUSTOMER).access is None


def test_an_update_whose_before_cannot_be_read_is_taken_as_it_is(stripe_sends: Stripe, somebody: Event) -> None:
    odd = stripe_sends("customer.subscription.updated.plan_change", previous={"items": None})
    assert mailed(told(somebody, odd)) == []


def test_a_trial_of_two_weeks_is_told_of_by_stripes_notice(stripe_sends: Stripe, somebody: Event) -> None:
    notice = stripe_sends("customer.subscription.trial_will_end")
    assert notice.object["trial_end"] - notice.object["trial_start"] == 14 * DAY
    assert mailed(told(somebody, notice)) == ["trial_ending"]
