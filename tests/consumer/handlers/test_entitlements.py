"""With `features = "stripe"`, Stripe's entitlements are a subscriber's features, in any order of events."""

from itertools import permutations
from typing import Any

import pytest

from functions.consumer.decide.decide import decide
from functions.effects.perform.observer import observation_message
from shared.decisions.access import access_of
from shared.effects.observe import Observe
from shared.policy.plans_file import parse_plans
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.runtime.business import PLANS
from shared.stripe_objects.event import Event, read_event
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.grants import grant
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told

BY_STRIPE = Policy(plans=parse_plans('features = "stripe"\n' + PLANS.read_text()))
BOUGHT = sample("customer.subscription.created")
ENDED = sample("customer.subscription.deleted")
AT = BOUGHT.created


def entitled(after: int, *features: str, has_more: bool = False) -> Event:
    """The entitlements that Stripe tells `after` seconds; at most ten are shown."""
    listed = {"data": [{"lookup_key": one} for one in features][:10], "has_more": has_more or len(features) > 10}
    told_at = {"created": AT + after, "event_id": f"evt_{after}_{len(features)}"}
    return sample("entitlements.active_entitlement_summary.updated", **told_at, entitlements=listed)  # type: ignore[arg-type]


def looked(asking: Event, after: int, *features: str) -> Event:
    """What the worker sends back, having read all entitlements at Stripe."""
    found: dict[str, Any] = {"object": "entitlements.active_entitlement_summary", "customer": CUSTOMER}
    listed = {"data": [{"lookup_key": one} for one in features], "has_more": False}
    return read_event(observation_message(asked(asking), found | {"entitlements": listed}, AT + after))


def asked(event: Event) -> Observe:
    return Observe(object="entitlements", account=PLATFORM, id=CUSTOMER, event=event.id)


def features(books: BooksOf) -> tuple[str, ...]:
    return access_of(books.read(Organization, PLATFORM, CUSTOMER), books.policy, AT).features


TWELVE = [f"f{n:02}" for n in range(12)]
TOLD = entitled(1, "proofing", "archive")
MANY = entitled(2, *TWELVE)


def test_stripes_entitlements_take_the_place_of_the_plans_features() -> None:
    assert features(told(BOUGHT, TOLD, policy=BY_STRIPE)) == ("archive", "proofing")
    assert features(told(BOUGHT, TOLD)) == ("exports",)


def test_without_access_there_are_none() -> None:
    assert features(told(TOLD, BOUGHT, ENDED, policy=BY_STRIPE)) == ()
    assert features(told(TOLD, policy=BY_STRIPE)) == ()


def test_a_grant_adds_the_features_of_its_plan() -> None:
    given = grant(AT + DAY, "agency", AT + 90 * DAY)
    assert features(told(BOUGHT, TOLD, given, policy=BY_STRIPE)) == ("archive", "exports", "proofing", "sso")
    assert features(told(TOLD, given, policy=BY_STRIPE)) == ("exports", "sso")


def test_a_change_of_entitlements_is_announced_if_they_are_features() -> None:
    changed = entitled(2, "proofing")
    books = told(BOUGHT, TOLD, changed, policy=BY_STRIPE)
    assert f"{changed.id}:organization.plan_changed" in books.announcements
    assert f"{changed.id}:organization.plan_changed" not in told(BOUGHT, TOLD, changed).announcements
    again = entitled(3, "proofing")
    books.apply(decide(again, books))
    assert f"{again.id}:organization.plan_changed" not in books.announcements


def test_of_more_than_ten_stripe_is_asked_for_all() -> None:
    books = told(BOUGHT, TOLD, MANY, policy=BY_STRIPE)
    assert asked(MANY) in books.observations.values()
    assert features(books) == tuple(sorted({"archive", "proofing", *TWELVE[:10]}))
    books.apply(decide(looked(MANY, 5, *TWELVE), books))
    assert features(books) == tuple(TWELVE)
    books.apply(decide(entitled(9, "proofing"), books))
    assert features(books) == ("proofing",)


def test_entitlements_that_no_event_has_told_are_asked_for_and_known_ones_are_not() -> None:
    assert asked(BOUGHT) in told(BOUGHT, policy=BY_STRIPE).observations.values()
    assert asked(BOUGHT) not in told(TOLD, BOUGHT, policy=BY_STRIPE).observations.values()
    assert asked(BOUGHT) not in told(BOUGHT).observations.values()
    assert asked(TOLD) not in told(BOUGHT, TOLD, policy=BY_STRIPE).observations.values()


@pytest.mark.parametrize(
    "events",
    [
        (BOUGHT, TOLD, MANY, looked(MANY, 5, *TWELVE)),
        (TOLD, MANY, entitled(3, "proofing"), looked(MANY, 3, *TWELVE)),
        (MANY, entitled(2, "archive"), entitled(1, "proofing"), BOUGHT),
        (TOLD, MANY, entitled(4, *TWELVE[1:], "more"), looked(MANY, 3, *TWELVE)),
    ],
    ids=["asked", "one newer", "within one second", "two long lists"],
)
def test_in_any_order_and_twice_the_record_is_the_same(events: tuple[Event, ...]) -> None:
    in_order = told(*events, policy=BY_STRIPE).contents()
    assert all(told(*order, order[1], policy=BY_STRIPE).contents() == in_order for order in permutations(events))
