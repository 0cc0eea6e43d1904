"""Only a customer who owes a demanded payment is past due; attempts that never started or have ended do not count."""

import pytest

from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.samples import Stripe
from tests.support.stories import CUSTOMER, mails_once_due, told

COLLECTS = Policy(plans=read_plans(), mail_connected=True, collect_after_end=True)


@pytest.fixture
def begun(stripe_sends: Stripe) -> Event:
    return stripe_sends("customer.subscription.created")


@pytest.fixture
def failed(stripe_sends: Stripe) -> Event:
    return stripe_sends("invoice.payment_failed")


@pytest.fixture
def ended(stripe_sends: Stripe, failed: Event) -> Event:
    at = failed.created + DAY
    return stripe_sends("customer.subscription.deleted", created=at, ended_at=at)


def first_failure(stripe_sends: Stripe, after: int) -> Event:
    """The first payment of the subscription failed, so many seconds after its invoice was made."""
    made = stripe_sends("invoice.payment_failed").object["created"]
    return stripe_sends("invoice.payment_failed", billing_reason="subscription_create", created=made + after)


@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired"])
def test_an_attempt_that_never_lived_makes_nobody_past_due(stripe_sends: Stripe, account: str, status: str) -> None:
    attempt = stripe_sends("customer.subscription.created", status=status)
    books = told(attempt, first_failure(stripe_sends, 2))
    assert not books.read(Organization, account, CUSTOMER).past_due
    assert not books.mails
    assert not books.announcements


def test_a_second_checkout_that_was_abandoned_does_not_either(stripe_sends: Stripe, begun: Event, account: str) -> None:
    second = stripe_sends("customer.subscription.created", id="sub_second", status="incomplete", event_id="evt_second")
    abandoned = stripe_sends("invoice.payment_failed.first")
    parent = {"subscription_details": {"subscription": "sub_second"}}
    where = {"parent": parent} if "parent" in abandoned.object else {"subscription": "sub_second"}
    abandoned = stripe_sends("invoice.payment_failed.first", **where)
    organization = told(begun, second, abandoned).read(Organization, account, CUSTOMER)
    assert (organization.access, organization.past_due) == (True, False)


def test_a_first_payment_that_fails_at_the_checkout_is_seen_there(stripe_sends: Stripe) -> None:
    assert not told(first_failure(stripe_sends, 2)).mails


def test_a_first_payment_that_fails_once_the_subscription_lives_is_told(
    stripe_sends: Stripe, begun: Event, account: str
) -> None:
    late = first_failure(stripe_sends, 6 * DAY)
    for order in ((begun, late), (late, begun)):
        books = told(*order)
        assert "payment_failed" in [mail.template for mail in books.mails.values()]
        assert books.read(Organization, account, CUSTOMER).past_due


def test_an_open_invoice_of_what_has_ended_is_past_due_no_longer(
    begun: Event, failed: Event, ended: Event, account: str
) -> None:
    books = told(begun, failed, ended)
    organization = books.read(Organization, account, CUSTOMER)
    assert (organization.past_due, organization.has_open_invoice) == (False, True)
    assert "organization.recovered" not in [one.name for one in books.announcements.values()]


def test_after_the_end_nothing_more_is_asked_for(
    stripe_sends: Stripe, begun: Event, failed: Event, ended: Event
) -> None:
    again = stripe_sends("invoice.payment_failed.last", created=ended.created + DAY)
    books = told(begun, failed, ended, again)
    mails_once_due(books)
    assert [mail.template for mail in books.mails.values()] == ["payment_failed", "farewell"]


def test_a_business_that_collects_asks_on(stripe_sends: Stripe, begun: Event, failed: Event, ended: Event) -> None:
    again = stripe_sends("invoice.payment_failed.last", created=ended.created + DAY)
    books = told(begun, failed, ended, again, policy=COLLECTS)
    mails_once_due(books)
    told_of = [mail.template for mail in books.mails.values()]
    assert told_of == ["payment_failed", "payment_failed", "farewell", "payment_still_due"]


def test_a_recovery_while_there_is_access_is_announced(stripe_sends: Stripe, begun: Event, failed: Event) -> None:
    recovered = stripe_sends("invoice.paid.recovered")
    assert [one.name for one in told(begun, failed, recovered).announcements.values()][-1] == "organization.recovered"


@pytest.mark.parametrize("status", ["paused", "unpaid"])
def test_a_customer_who_loses_access_without_an_end_is_told(stripe_sends: Stripe, begun: Event, status: str) -> None:
    held = stripe_sends("customer.subscription.updated", status=status)
    mails = told(stripe_sends("customer.created"), begun, held, held.model_copy(update={"id": "evt_twin"})).mails
    (_, mail) = mails.values()
    assert (mail.template, mail.data["status"]) == ("subscription_on_hold", status)


def test_a_customer_on_hold_for_a_payment_is_led_to_it(stripe_sends: Stripe, begun: Event, failed: Event) -> None:
    held = stripe_sends("customer.subscription.updated", status="unpaid", created=failed.created + DAY)
    mails = [mail for mail in told(begun, failed, held).mails.values() if mail.template == "subscription_on_hold"]
    assert [mail.data["url"] for mail in mails] == [failed.object["hosted_invoice_url"]]
