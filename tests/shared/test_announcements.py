"""Each new state is announced once, in the business's words, from a record before and after."""

import pytest

from shared.effects.announcement import Announcement
from shared.stripe_objects.event import Event
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told

BEGUN = sample("customer.subscription.created")
FAILED = sample("invoice.payment_failed")
RECOVERED = sample("invoice.paid.recovered")


def announced(*events: Event) -> list[Announcement]:
    return list(told(*events).announcements.values())


def names(*events: Event) -> list[str]:
    return [one.name for one in announced(*events)]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((BEGUN,), ["organization.access_granted"]),
        ((BEGUN, BEGUN.model_copy(update={"id": "evt_twin"})), ["organization.access_granted"]),
        (
            (BEGUN, sample("customer.subscription.deleted")),
            ["organization.access_granted", "organization.access_revoked"],
        ),
        ((sample("customer.subscription.deleted"), BEGUN), ["organization.access_revoked"]),
        ((FAILED, RECOVERED), ["organization.past_due", "organization.recovered"]),
        ((RECOVERED, FAILED), []),
        (
            (BEGUN, sample("customer.subscription.updated.plan_change")),
            ["organization.access_granted", "organization.plan_changed"],
        ),
        ((BEGUN, sample("customer.subscription.updated.renewal")), ["organization.access_granted"]),
        ((sample("customer.created"), sample("customer.updated")), ["organization.address_changed"]),
        (
            (sample("customer.created"), sample("customer.deleted")),
            ["organization.address_changed", "organization.deleted"],
        ),
        ((sample("checkout.session.completed"),), ["order.fulfilled"]),
        ((sample("checkout.session.completed.unpaid"),), []),
        ((sample("checkout.session.async_payment_failed"),), ["order.failed"]),
        ((sample("checkout.session.expired"),), ["order.expired"]),
        ((sample("payment_intent.succeeded"),), ["payment.succeeded"]),
        ((sample("payment_intent.payment_failed"),), ["payment.failed"]),
        ((sample("charge.refunded"),), ["payment.refunded"]),
        ((sample("charge.dispute.created"),), ["payment.held"]),
        ((sample("charge.dispute.created.inquiry"),), []),
        ((sample("payout.created"), sample("payout.paid")), ["payout.in_transit", "payout.paid"]),
    ],
    ids=lambda value: " ".join(one.type for one in value) if isinstance(value, tuple) else "",
)
def test_each_state_is_announced_once_when_a_record_comes_into_it(
    events: tuple[Event, ...], expected: list[str]
) -> None:
    assert names(*events) == expected


def test_what_a_customer_may_do_is_said_in_plan_and_limits() -> None:
    (granted,) = announced(BEGUN)
    assert granted.facts == {
        "subscription": BEGUN.object["id"],
        "access": True,
        "past_due": False,
        "plan": "studio",
        "limit_seats": 5,
        "limit_projects": 20,
    }
    assert (granted.customer, granted.metadata) == (CUSTOMER, {"organization": "org_fernhill"})


def test_whose_order_it_is_the_business_reads_from_its_own_reference() -> None:
    (fulfilled,) = announced(sample("checkout.session.completed", client_reference_id="order_1042"))
    assert (fulfilled.reference, fulfilled.customer) == ("order_1042", CUSTOMER)
    assert fulfilled.facts["amount"] == 9300


def test_the_reference_of_a_checkout_is_on_all_that_happens_later() -> None:
    session = sample("checkout.session.completed.subscription", client_reference_id="org_fernhill")
    (granted,) = announced(session, BEGUN)
    assert granted.reference == "org_fernhill"


def test_a_guest_is_no_customer() -> None:
    (fulfilled,) = announced(sample("checkout.session.completed", customer=None))
    assert fulfilled.customer is None


def test_the_version_is_the_one_that_the_record_was_saved_as() -> None:
    versions = [one.version for one in announced(BEGUN, FAILED, RECOVERED)]
    assert versions == [1, 2, 3]
