"""customer.subscription.created and .updated: access follows the newest state of the subscription."""

import pytest

from functions.consumer.handlers.customer_subscription_changed import handle
from shared.failures.errors import Permanent
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.times import DAY, HOUR
from tests.support.books import BooksOf
from tests.support.samples import Stripe
from tests.support.stories import CUSTOMER, SUBSCRIPTION, told

WITH_ACCESS = ["trialing", "active", "past_due"]
WITHOUT_ACCESS = ["incomplete", "incomplete_expired", "unpaid", "paused", "canceled"]


def test_the_first_that_is_heard_of_a_customer_makes_the_organization(stripe_sends: Stripe, account: str) -> None:
    organization = told(stripe_sends("customer.subscription.created")).read(Organization, account, CUSTOMER)
    assert organization.version == 1
    assert organization.access


@pytest.mark.parametrize("status", WITH_ACCESS)
def test_a_subscription_that_is_alive_gives_access(stripe_sends: Stripe, account: str, status: str) -> None:
    assert (
        told(stripe_sends("customer.subscription.updated", status=status)).read(Organization, account, CUSTOMER).access
    )


@pytest.mark.parametrize("status", WITHOUT_ACCESS)
def test_a_subscription_that_is_not_alive_gives_none(stripe_sends: Stripe, account: str, status: str) -> None:
    books = told(
        stripe_sends("customer.subscription.created"), stripe_sends("customer.subscription.updated", status=status)
    )
    assert not books.read(Organization, account, CUSTOMER).access


@pytest.mark.parametrize("status", ["past_due", "unpaid"])
def test_a_subscription_whose_invoice_is_owed_makes_the_organization_past_due(
    stripe_sends: Stripe, account: str, status: str
) -> None:
    books = told(stripe_sends("customer.subscription.updated", status=status))
    assert books.read(Organization, account, CUSTOMER).past_due


def test_a_renewal_moves_the_day_of_the_next_charge(stripe_sends: Stripe, account: str) -> None:
    books = told(stripe_sends("customer.subscription.updated.renewal"))
    subscription = books.read(Organization, account, CUSTOMER).subscription(SUBSCRIPTION)
    assert subscription is not None
    assert subscription.renews_at == 1797671554


def test_a_change_of_plan_is_seen_in_the_items(stripe_sends: Stripe, account: str) -> None:
    before, after = (
        stripe_sends("customer.subscription.created"),
        stripe_sends("customer.subscription.updated.plan_change"),
    )
    plans = []
    for books in (told(before), told(before, after), told(after, before)):
        subscription = books.read(Organization, account, CUSTOMER).subscription(SUBSCRIPTION)
        assert subscription is not None
        plans.append([item.price for item in subscription.items])
    assert plans[0] != plans[1] == plans[2]


@pytest.fixture
def somebody(stripe_sends: Stripe) -> Event:
    """Who the customer is, so that there is an address to send to."""
    return stripe_sends("customer.created")


def mailed(*events: Event) -> list[str]:
    return [mail.template for mail in told(*events).mails.values()]


def test_whoever_is_new_is_welcomed_once(stripe_sends: Stripe, somebody: Event, account: str) -> None:
    begun = stripe_sends("customer.subscription.created")
    (mail,) = told(somebody, begun, begun.model_copy(update={"id": "evt_twin"})).mails.values()
    assert (mail.template, mail.key, mail.partition) == (
        "welcome",
        f"welcome:{SUBSCRIPTION}",
        f"{account}#{CUSTOMER}",
    )
    assert {name: value for name, value in mail.data.items() if value is not None} == {"name": "Fernhill Studio"}


def test_the_welcome_to_a_trial_says_when_it_ends(stripe_sends: Stripe, somebody: Event) -> None:
    begun = stripe_sends("customer.subscription.created.trialing")
    (mail,) = told(somebody, begun).mails.values()
    assert mail.data["trial_end"] == begun.object["trial_end"]


def test_whoever_has_yet_to_pay_a_first_time_is_welcomed_when_that_is_done(
    stripe_sends: Stripe, somebody: Event
) -> None:
    tried = stripe_sends("customer.subscription.created", status="incomplete")
    assert mailed(somebody, tried) == []
    paid = stripe_sends("customer.subscription.updated", status="active", created=tried.created + HOUR)
    assert mailed(somebody, tried, paid) == ["welcome"]


def test_whoever_began_three_days_ago_or_longer_is_not_new(stripe_sends: Stripe, somebody: Event) -> None:
    begun = stripe_sends("customer.subscription.created")
    late = stripe_sends("customer.subscription.updated.renewal", created=begun.created + 3 * DAY)
    assert mailed(somebody, late) == []


def test_a_welcome_without_an_address_waits_for_one(stripe_sends: Stripe, somebody: Event) -> None:
    begun = stripe_sends("customer.subscription.created")
    assert mailed(begun) == []
    assert mailed(begun, somebody) == ["welcome"]


def test_a_change_of_plan_is_told_and_a_renewal_is_not(stripe_sends: Stripe, somebody: Event) -> None:
    known = (somebody, stripe_sends("customer.subscription.created"))
    change, renewal = (stripe_sends(f"customer.subscription.updated.{name}") for name in ("plan_change", "renewal"))
    assert renewal.data.previous_attributes is not None
    assert mailed(*known, renewal) == ["welcome"]
    assert mailed(*known, change, change.model_copy(update={"id": "evt_twin"})) == ["welcome", "plan_changed"]


def test_more_of_the_same_is_announced_and_mailed_only_if_the_business_says_so(
    stripe_sends: Stripe, somebody: Event
) -> None:
    begun, more = (
        stripe_sends("customer.subscription.created.trialing"),
        stripe_sends("customer.subscription.pending_update_applied"),
    )
    story = (somebody, begun, stripe_sends("customer.subscription.resumed"), more)
    books = told(*story)
    assert [mail.template for mail in books.mails.values()] == ["welcome"]
    assert "organization.plan_changed" in [one.name for one in books.announcements.values()]
    books = told(*story, policy=books.policy.model_copy(update={"mail_seats": True}))
    (_, mail) = books.mails.values()
    assert (mail.template, mail.data["was"], mail.data["now"]) == ("plan_changed", "Print desk", "Print desk (3)")


@pytest.mark.parametrize("how", ["cancel_scheduled", "cancel_scheduled_portal"])
def test_a_cancellation_is_told_once_however_it_was_asked_for(stripe_sends: Stripe, somebody: Event, how: str) -> None:
    begun, scheduled = (
        stripe_sends("customer.subscription.created"),
        stripe_sends(f"customer.subscription.updated.{how}"),
    )
    twin = scheduled.model_copy(update={"id": "evt_twin", "created": scheduled.created + 1})
    assert mailed(somebody, begun, scheduled, twin) == ["welcome", "cancellation_scheduled"]


def test_whoever_withdraws_and_cancels_again_by_the_same_day_is_told_each_time(
    stripe_sends: Stripe, somebody: Event
) -> None:
    begun, once = (
        stripe_sends("customer.subscription.created"),
        stripe_sends("customer.subscription.updated.cancel_scheduled"),
    )
    withdrawn = begun.model_copy(
        update={"id": "evt_back", "created": once.created + HOUR, "type": "customer.subscription.updated"}
    )
    again = once.model_copy(update={"id": "evt_again", "created": once.created + DAY})
    assert mailed(somebody, begun, once, withdrawn, again) == [
        "welcome",
        "cancellation_scheduled",
        "cancellation_withdrawn",
        "cancellation_scheduled",
    ]


def test_a_pause_of_collection_keeps_access_and_is_told_nobody(
    stripe_sends: Stripe, somebody: Event, account: str
) -> None:
    begun = stripe_sends("customer.subscription.created")
    paused = stripe_sends(
        "customer.subscription.updated.renewal", created=begun.created + DAY, pause_collection={"behavior": "void"}
    )
    books = told(somebody, begun, paused)
    assert books.read(Organization, account, CUSTOMER).access
    assert [mail.template for mail in books.mails.values()] == ["welcome"]


def test_a_customer_who_was_deleted_is_told_of_no_change(stripe_sends: Stripe) -> None:
    assert mailed(stripe_sends("customer.deleted"), stripe_sends("customer.subscription.created")) == []


def test_an_unknown_price_keeps_access_and_is_told_the_operator_once(stripe_sends: Stripe, account: str) -> None:
    begun = stripe_sends("customer.subscription.created")
    items = [{**item, "price": {**item["price"], "lookup_key": None}} for item in begun.object["items"]["data"]]
    odd = stripe_sends("customer.subscription.created", items={"data": items})
    another = stripe_sends(
        "customer.subscription.created", items={"data": items}, id="sub_2", customer="cus_2", event_id="evt_2"
    )
    books = told(odd, another)
    assert books.read(Organization, account, CUSTOMER).access
    (mail,) = books.mails.values()
    assert (mail.template, mail.audience, mail.to) == ("unknown_price", "operator", None)
    assert mail.data == {"account": account, "livemode": True, "price": items[0]["price"]["id"]}


@pytest.mark.parametrize(("field", "wrong"), [("customer", None), ("status", 4242), ("start_date", "4242 o'clock")])
def test_an_undocumented_subscription_is_refused_by_the_name_of_its_field_alone(
    stripe_sends: Stripe, field: str, wrong: object
) -> None:
    with pytest.raises(Permanent) as refused:
        handle(stripe_sends("customer.subscription.updated", **{field: wrong}), BooksOf())
    assert refused.value.where == field
    assert "4242" not in str(refused.value)
