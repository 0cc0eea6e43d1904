"""What a customer may do now: the content of the access item, from the records and the business's rules."""

from typing import Any

import pytest

from shared.decisions.access import access_of, reference_of
from shared.decisions.access_item import AccessItem
from shared.policy.plans import AccessRules, OrderRules, Plan, Plans
from shared.policy.policy import Policy
from shared.records.facets import Candidate, Facet
from shared.records.organization import Organization
from shared.stripe_objects.accounts import Customer
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.subscriptions import Subscription
from shared.values.times import DAY

AT = 1_800_000_000
PLANS = Plans(
    default="free",
    plans={
        "free": Plan(limits={"projects": 1}),
        "studio": Plan(match=("p_studio",), features=("exports",), limits={"seats": 1}, flat_limits={"projects": 20}),
    },
    add_ons={"desk": Plan(match=("p_desk",), features=("printing",), limits={"printers": 1})},
)
RULES = Policy(plans=PLANS)
FOURTEEN_DAYS = Policy(plans=PLANS.model_copy(update={"access": AccessRules(grace_days=14)}))
FREE: dict[str, Any] = {"plan": "free", "features": (), "limits": {"projects": 1}}


def facet(value: Any) -> Any:  # noqa: ANN401 - of any kind
    kind: Any = type(value)
    return Facet[kind](second=AT, candidates=(Candidate[kind](event="evt_1", verb=1, digest="d", value=value),))


def subscription(status: str = "active", price: str = "p_studio", **more: Any) -> Subscription:  # noqa: ANN401
    items = ({"price": price, "quantity": 3, "current_period_end": AT + 30 * DAY},)
    known = {"id": "sub_1", "customer": "cus_1", "status": status, "items": items, "start_date": AT - DAY}
    return Subscription.model_validate(known | more)


def late(created: int = AT - 5 * DAY) -> Invoice:
    return Invoice(
        id="in_1",
        customer="cus_1",
        subscription="sub_1",
        status="open",
        attempted=True,
        currency="usd",
        amount_due=100,
        amount_remaining=100,
        created=created,
    )


def customer(*subscriptions: Subscription, **more: Any) -> Organization:  # noqa: ANN401
    held = {one.id: facet(one) for one in subscriptions}
    known = {"subscriptions": held, "subscribed": bool(held), "started": dict.fromkeys(held, True)}
    return Organization(account="platform", subject="cus_1", **known | more)


def item(organization: Organization, policy: Policy = RULES) -> AccessItem:
    return access_of(organization, policy, AT)


def plan_of(one: AccessItem) -> dict[str, Any]:
    return {"plan": one.plan, "features": one.features, "limits": one.limits}


def test_an_active_subscription_gives_its_plan_its_features_and_its_limits() -> None:
    one = item(customer(subscription()))
    assert (one.status, one.access, one.access_until, one.renews_at) == ("active", True, None, AT + 30 * DAY)
    assert plan_of(one) == {"plan": "studio", "features": ("exports",), "limits": {"seats": 3, "projects": 20}}


def test_an_add_on_brings_its_features_and_limits_and_names_no_plan() -> None:
    one = item(customer(subscription(), subscription(price="p_desk", id="sub_2")))
    assert plan_of(one)["features"] == ("exports", "printing")
    assert (one.plan, one.limits) == ("studio", {"seats": 3, "projects": 20, "printers": 3})
    assert [shown.plan for shown in one.subscriptions] == ["studio", None]


def test_a_trial_gives_access_and_says_when_it_ends() -> None:
    one = item(customer(subscription("trialing", trial_end=AT + 7 * DAY)))
    assert (one.status, one.access, one.trial_ends_at) == ("trialing", True, AT + 7 * DAY)


def test_without_days_of_grace_a_failed_payment_leaves_access_as_stripe_does() -> None:
    one = item(customer(subscription("past_due"), invoices={"in_1": facet(late())}))
    assert (one.status, one.access, one.access_until, one.past_due) == ("grace", True, None, True)


def test_grace_ends_so_many_days_after_the_oldest_unpaid_invoice() -> None:
    invoices = {"in_1": facet(late()), "in_2": facet(late(AT - DAY).model_copy(update={"id": "in_2"}))}
    one = item(customer(subscription("past_due"), invoices=invoices), FOURTEEN_DAYS)
    assert (one.status, one.access, one.access_until) == ("grace", True, AT + 9 * DAY)


def test_grace_of_which_nobody_knows_the_beginning_does_not_end_by_itself() -> None:
    assert item(customer(subscription("past_due")), FOURTEEN_DAYS).access_until is None


@pytest.mark.parametrize("rules", [AccessRules(grace_days=0), AccessRules(statuses=frozenset({"active", "trialing"}))])
def test_a_business_may_leave_no_access_after_a_failed_payment(rules: AccessRules) -> None:
    one = item(customer(subscription("past_due")), Policy(plans=PLANS.model_copy(update={"access": rules})))
    assert (one.status, one.access, one.past_due) == ("past_due", False, True)
    assert plan_of(one) == FREE


@pytest.mark.parametrize(("status", "shown"), [("unpaid", "past_due"), ("paused", "paused"), ("incomplete", "none")])
def test_a_subscription_on_hold_gives_the_default_plan(status: str, shown: str) -> None:
    one = item(customer(subscription(status)))
    assert (one.status, one.access, plan_of(one)) == (shown, False, FREE)


def test_the_best_subscription_names_the_status_and_each_is_shown_by_itself() -> None:
    one = item(customer(subscription("unpaid"), subscription(id="sub_2")))
    assert one.status == "active"
    assert [(shown.id, shown.status, shown.access) for shown in one.subscriptions] == [
        ("sub_1", "past_due", False),
        ("sub_2", "active", True),
    ]


def test_access_ends_by_itself_when_the_last_subscription_is_set_to_end() -> None:
    ending = subscription(cancel_at_period_end=True)
    one = item(customer(ending))
    assert (one.access_until, one.ends_at, one.renews_at) == (AT + 30 * DAY, AT + 30 * DAY, None)
    assert item(customer(ending, subscription(id="sub_2"))).access_until is None


def test_after_the_end_of_all_subscriptions_the_default_plan_is_left() -> None:
    one = item(customer(subscribed=True, ended={"sub_1": subscription("canceled", ended_at=AT)}))
    assert (one.status, one.access, plan_of(one)) == ("ended", False, FREE)


def test_a_customer_who_never_subscribed_has_the_default_plan() -> None:
    one = item(customer(profile=facet(Customer(id="cus_1"))))
    assert (one.status, one.access, plan_of(one)) == ("none", False, FREE)


def test_unknown_is_not_false_while_only_an_invoice_names_the_subscription() -> None:
    one = item(customer(unseen=frozenset({"sub_1"})))
    assert (one.status, one.access, one.plan, one.limits) == ("unknown", None, None, {})


def test_a_deleted_customer_has_no_access_whatever_the_subscription_says() -> None:
    one = item(customer(subscription(), profile=facet(Customer(id="cus_1", deleted=True))))
    assert (one.status, one.access, one.subscriptions) == ("ended", False, ())


def test_a_price_that_no_plan_names_keeps_its_access_and_has_no_limits() -> None:
    one = item(customer(subscription(price="p_odd")))
    assert (one.access, one.plan, one.limits) == (True, None, {})


def test_only_the_metadata_that_the_business_names_is_shown() -> None:
    rules = Policy(plans=PLANS.model_copy(update={"access": AccessRules(metadata=("workspace",))}))
    (shown,) = item(customer(subscription(metadata={"workspace": "w1", "name": "Ann"})), rules).subscriptions
    assert shown.metadata == {"workspace": "w1"}


def test_the_reference_is_the_newest_checkouts_or_the_metadata_that_is_named() -> None:
    session = CheckoutSession(
        id="cs_1", mode="subscription", payment_status="paid", created=AT, client_reference_id="by checkout"
    )
    bought = customer(
        subscription(metadata={"org": "by subscription"}),
        subscription(id="sub_2", metadata={"org": "by newer"}, start_date=AT),
        checkout=facet(session),
    )
    named = bought.model_copy(update={"profile": facet(Customer(id="cus_1", metadata={"org": "by customer"}))})
    assert reference_of(bought, "") == reference_of(bought, "another") == "by checkout"
    assert (reference_of(bought, "org"), reference_of(named, "org")) == ("by newer", "by customer")
    assert reference_of(customer(), "org") is None


def test_a_reference_that_is_too_long_for_a_key_is_none() -> None:
    long = customer(profile=facet(Customer(id="cus_1", metadata={"org": "x" * 501})))
    assert reference_of(long, "org") is None


def test_the_item_says_under_which_rules_and_by_which_version_it_was_made() -> None:
    before = item(customer(subscription(), version=4, versions_before=3))
    assert (before.version, before.changed_at, before.policy) == (8, AT, RULES.access_fingerprint)
    assert RULES.access_fingerprint != FOURTEEN_DAYS.access_fingerprint
    assert RULES.access_fingerprint == Policy(plans=PLANS, mail_seats=True).access_fingerprint
    with_lines = PLANS.model_copy(update={"orders": OrderRules(lines="stripe")})
    assert RULES.access_fingerprint == Policy(plans=with_lines).access_fingerprint
    assert RULES.fingerprint != Policy(plans=with_lines).fingerprint
