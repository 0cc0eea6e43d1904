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
        (
            (BEGUN, sample("customer.subscription.updated.renewal")),
            ["organization.access_granted", "organization.renewed"],
        ),
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
        "status": "active",
        "past_due": False,
        "renews_at": 1795079554,
        "period_start": 1792401154,
        "period_end": 1795079554,
        "plan": "studio",
        "limit_seats": 5,
        "limit_projects": 20,
        "feature_exports": True,
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


TRIAL = sample("customer.subscription.created.trialing")


def later(**changes: object) -> Event:
    """The subscription of the trial, a while later."""
    return sample("customer.subscription.updated.renewal", id=TRIAL.object["id"], created=1793888500, **changes)  # type: ignore[arg-type] # changes are of the object


@pytest.mark.parametrize(
    ("status", "expected"),
    [("active", "trial_converted"), ("past_due", "trial_converted"), ("unpaid", "trial_ended")],
)
def test_a_trial_begins_and_is_converted_or_just_over(status: str, expected: str) -> None:
    begun, *_, over = names(TRIAL, later(status=status))[1:]
    assert (begun, over) == ("organization.trial_started", f"organization.{expected}")


def test_a_trial_that_is_paused_or_canceled_has_ended() -> None:
    assert "organization.trial_ended" in names(TRIAL, sample("customer.subscription.paused"))
    canceled = sample("customer.subscription.deleted", id=TRIAL.object["id"])
    assert "organization.trial_ended" in names(TRIAL, canceled)
    assert "organization.trial_ended" not in names(canceled, TRIAL)


def test_a_renewal_says_which_period_has_begun() -> None:
    *_, renewed = announced(BEGUN, sample("customer.subscription.updated.renewal"))
    assert (renewed.name, renewed.facts["period_start"]) == ("organization.renewed", 1795079554)
    assert renewed.facts["period_end"] == renewed.facts["renews_at"] == 1797671554


def test_a_renewal_that_is_overtaken_or_repeated_is_announced_once() -> None:
    renewal = sample("customer.subscription.updated.renewal")
    again = renewal.model_copy(update={"id": "evt_again", "created": renewal.created + 60})
    assert names(BEGUN, renewal, again).count("organization.renewed") == 1
    assert names(BEGUN, again, renewal).count("organization.renewed") == 1


def test_a_plan_that_begins_a_period_early_is_no_renewal() -> None:
    (item,) = sample("customer.subscription.updated.plan_change").object["items"]["data"]
    yearly = {**item, "current_period_start": 1793791639, "current_period_end": 1825327639}
    change = sample("customer.subscription.updated.plan_change", items={"data": [yearly]})
    assert "organization.renewed" not in names(BEGUN, change)


def test_an_end_says_why_as_stripe_does() -> None:
    *_, revoked = announced(BEGUN, sample("customer.subscription.deleted"))
    assert revoked.facts["cancellation_reason"] == "payment_failed"


def test_an_order_names_the_link_through_which_the_buyer_came() -> None:
    (fulfilled,) = announced(sample("checkout.session.completed", payment_link="plink_1"))
    assert fulfilled.facts["payment_link"] == "plink_1"


def test_a_reference_that_comes_after_access_is_announced() -> None:
    session = sample("checkout.session.completed.subscription", client_reference_id="org_fernhill")
    *_, known = announced(BEGUN, session)
    assert (known.name, known.reference) == ("organization.access_changed", "org_fernhill")


def test_a_customer_without_a_subscription_is_not_announced_for_its_default_plan() -> None:
    assert names(sample("customer.created")) == []
