"""Plans and limits follow from the subscribed prices and their quantities."""

from pathlib import Path

import pytest

from shared.policy.plans import Plan, Plans
from shared.policy.plans_file import PlansError, parse_plans, read_plans
from shared.runtime import business
from shared.stripe_objects.subscriptions import Subscription, SubscriptionItem

PLANS = Plans(
    plans={
        "small": Plan(match=("price_small", "small_monthly"), limits={"seats": 5}),
        "large": Plan(match=("prod_large",), limits={"seats": 20, "projects": 100}),
    },
    add_ons={"desk": Plan(match=("price_desk",), limits={"desks": 1, "seats": 2})},
)


def subscribed(*items: SubscriptionItem, status: str = "active") -> Subscription:
    return Subscription(id="sub_1", customer="cus_1", status=status, items=items, start_date=1)


def item(price: str, quantity: int | None = 1, product: str | None = None, key: str | None = None) -> SubscriptionItem:
    return SubscriptionItem(price=price, quantity=quantity, product=product, lookup_key=key)


@pytest.mark.parametrize(
    ("known", "plan"),
    [
        (item("price_small"), "small"),
        (item("price_other", key="small_monthly"), "small"),
        (item("price_other", product="prod_large"), "large"),
        (item("price_other"), None),
    ],
    ids=["by price", "by lookup key", "by product", "by nothing"],
)
def test_a_plan_is_known_by_its_price_its_lookup_key_or_its_product(known: SubscriptionItem, plan: str | None) -> None:
    assert PLANS.plan_of([subscribed(known)]) == plan


def test_limits_are_multiplied_by_the_quantity_and_those_of_add_ons_are_added() -> None:
    both = subscribed(item("price_small", 3), item("price_desk", 2))
    assert PLANS.limits_of([both]) == {"seats": 5 * 3 + 2 * 2, "desks": 2}


@pytest.mark.parametrize(("quantity", "seats"), [(None, 5), (0, 0), (1, 5)])
def test_what_is_metered_has_no_quantity_and_counts_once(quantity: int | None, seats: int) -> None:
    assert PLANS.limits_of([subscribed(item("price_small", quantity))]) == {"seats": seats}


def test_of_several_plans_the_larger_names_the_customer_and_the_limits_add_up() -> None:
    several = [subscribed(item("p", product="prod_large")), subscribed(item("price_small"))]
    assert PLANS.plan_of(several) == "large"
    assert PLANS.limits_of(several) == {"seats": 25, "projects": 100}


@pytest.mark.parametrize("status", ["canceled", "unpaid", "paused", "incomplete"])
def test_what_is_not_alive_allows_nothing(status: str) -> None:
    gone = [subscribed(item("price_small"), status=status)]
    assert (PLANS.plan_of(gone), PLANS.limits_of(gone)) == (None, {})


def test_a_price_that_no_plan_names_is_unknown_and_limits_nothing() -> None:
    odd = subscribed(item("price_small"), item("price_odd"))
    assert PLANS.unknown_in(odd) == ("price_odd",)
    assert PLANS.limits_of([odd]) == {"seats": 5}


def test_flat_limits_count_once_however_many_seats_are_bought() -> None:
    plans = Plans(plans={"team": Plan(match=("price_team",), limits={"seats": 1}, flat_limits={"projects": 20})})
    assert plans.limits_of([subscribed(item("price_team", 10))]) == {"seats": 10, "projects": 20}
    assert plans.limits_of([subscribed(item("price_team", 0))]) == {"seats": 0}


def test_features_of_all_subscriptions_with_access_are_switched_on() -> None:
    plans = Plans(
        plans={"team": Plan(match=("price_team",), features=("sso", "exports"))},
        add_ons={"desk": Plan(match=("price_desk",), features=("printing",))},
    )
    both = [subscribed(item("price_team")), subscribed(item("price_desk"))]
    assert plans.features_of(both) == ("exports", "printing", "sso")
    assert plans.features_of([subscribed(item("price_team"), status="canceled")]) == ()


FILE = """# a comment
default = "free"

[access]
grace_days = 14

[plans.free]
limits = { seats = 1 }

[plans.studio]
match = ["studio"]
features = ["exports"]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("features = [", "feature = [", "line 12: plans.studio.feature is no key of plans.toml: write features"),
        ("seats = 1", 'seats = "many"', 'line 8: plans.free.limits.seats = "many" is no whole number: write'),
        ("grace_days = 14", "grace_days = -1", "line 5: access.grace_days = -1 is below 0: write 0 or more"),
        ("[access]", '[orders]\nlines = "all"\n\n[access]', 'line 5: orders.lines = "all" is unknown: write "stripe"'),
        (
            "[access]",
            '[orders]\nline = "stripe"\n\n[access]',
            "line 5: orders.line is no key of plans.toml: write lines",
        ),
        ("grace_days = 14", 'statuses = ["paid"]', 'line 5: access.statuses = "paid" is unknown: write "trialing"'),
        ("[plans.studio]", "[plan.studio]", "plan is no key of plans.toml: write plans"),
        ('default = "free"', 'default = "gratis"', "names no plan of this file"),
        ("limits = { seats = 1 }", "limits = 1", "line 8: plans.free.limits = 1 is no table: write { seats = 5 }"),
        ("match = [", "match = ", "line 11: this is no TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line_and_the_reason(right: str, wrong: str, said: str) -> None:
    assert parse_plans(FILE).default == "free"
    with pytest.raises(PlansError) as found:
        parse_plans(FILE.replace(right, wrong))
    assert said in str(found.value)


def test_the_tests_read_plans_of_their_own_which_no_business_edits() -> None:
    assert Path(__file__).parents[1] / "business/plans.toml" == business.PLANS


def test_the_file_of_the_tests_can_be_read_and_names_nothing_twice() -> None:
    sold = [name for plan in read_plans().all.values() for name in plan.match]
    assert len(sold) == len(set(sold)) > 0
