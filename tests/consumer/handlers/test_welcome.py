"""Each new customer gets one welcome: not one for each subscription, and none while the first payment is owed."""

import pytest

from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.samples import Stripe
from tests.support.stories import told


@pytest.fixture
def somebody(stripe_sends: Stripe) -> Event:
    """Who the customer is, so that there is an address to send to."""
    return stripe_sends("customer.created")


@pytest.fixture
def begun(stripe_sends: Stripe) -> Event:
    return stripe_sends("customer.subscription.created")


def welcomes(*events: Event) -> int:
    return [mail.template for mail in told(*events).mails.values()].count("welcome")


def another(stripe_sends: Stripe, at: int, **changes: object) -> Event:
    """Another subscription of the same customer, begun `at`."""
    return stripe_sends(
        "customer.subscription.created", id="sub_another", event_id="evt_another", created=at, start_date=at, **changes
    )


def test_a_second_subscription_is_no_new_customer(stripe_sends: Stripe, somebody: Event, begun: Event) -> None:
    assert welcomes(somebody, begun, another(stripe_sends, begun.created + 90 * DAY)) == 1


def test_one_that_replaces_another_is_no_new_customer(stripe_sends: Stripe, somebody: Event, begun: Event) -> None:
    ended = stripe_sends("customer.subscription.deleted")
    assert welcomes(somebody, begun, ended, another(stripe_sends, ended.created + 60)) == 1


def test_a_customer_who_comes_back_after_the_end_is_welcomed_again(
    stripe_sends: Stripe, somebody: Event, begun: Event
) -> None:
    ended = stripe_sends("customer.subscription.deleted")
    assert welcomes(somebody, begun, ended, another(stripe_sends, ended.created + DAY)) == 2


def test_an_attempt_that_was_given_up_does_not_take_the_welcome(stripe_sends: Stripe, somebody: Event) -> None:
    given_up = stripe_sends("customer.subscription.created", status="incomplete_expired")
    assert welcomes(somebody, given_up, another(stripe_sends, given_up.created + 60)) == 1


def test_one_that_is_past_due_already_is_not_welcomed(stripe_sends: Stripe, somebody: Event) -> None:
    assert welcomes(somebody, stripe_sends("customer.subscription.created", status="past_due")) == 0


def test_one_that_is_backdated_is_welcomed(stripe_sends: Stripe, somebody: Event, begun: Event) -> None:
    backdated = stripe_sends("customer.subscription.created", start_date=begun.created - 300 * DAY)
    assert welcomes(somebody, backdated) == 1


def test_one_that_comes_to_live_days_after_the_order_is_welcomed(stripe_sends: Stripe, somebody: Event) -> None:
    ordered = stripe_sends("customer.subscription.created", status="incomplete")
    paid = stripe_sends("customer.subscription.updated", status="active", created=ordered.created + 5 * DAY)
    assert welcomes(somebody, ordered, paid) == 1
    first_heard = stripe_sends(
        "customer.subscription.updated",
        status="active",
        created=ordered.created + 5 * DAY,
        previous={"status": "incomplete"},
    )
    assert welcomes(somebody, first_heard) == 1


def test_one_that_is_resumed_is_not_welcomed_again(stripe_sends: Stripe, somebody: Event) -> None:
    story = ("created.trialing", "paused", "resumed")
    assert welcomes(somebody, *(stripe_sends(f"customer.subscription.{name}") for name in story)) == 1


def test_a_welcome_that_waits_for_an_address_holds_as_long_as_there_is_access(
    stripe_sends: Stripe, somebody: Event, begun: Event
) -> None:
    ended = stripe_sends("customer.subscription.deleted", created=begun.created + 60)
    assert welcomes(begun, another(stripe_sends, begun.created + 1), ended, somebody) == 1
    assert welcomes(begun, ended, somebody) == 0
