"""A grant gives access for a time, beside a subscription or without one, and ends the same in any order."""

from itertools import permutations

import pytest

from functions.consumer.decide.decide import decide
from shared.decisions.access import access_of
from shared.decisions.access_item import AccessItem
from shared.effects.observe import Observe
from shared.effects.remind import erasure_at
from shared.failures.errors import Permanent
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values import keys
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.grants import ARN, grant, revocation
from tests.support.samples import fired, sample
from tests.support.stories import CUSTOMER, told

BOUGHT = sample("customer.subscription.created")
ENDED = sample("customer.subscription.deleted")
GONE = sample("customer.deleted", created=ENDED.created + DAY)
AT = BOUGHT.created + DAY
UNTIL = ENDED.created + 60 * DAY
GRANT = grant(AT, "agency", UNTIL)
REVOKED = revocation(AT + 2 * DAY)


def organization(books: BooksOf) -> Organization:
    return books.read(Organization, PLATFORM, CUSTOMER)


def item(books: BooksOf) -> AccessItem:
    return access_of(organization(books), books.policy, AT)


def end(books: BooksOf, about: Event = GRANT) -> Event:
    """The message of the schedule that ends a grant."""
    due = [one for one in books.reminders.values() if one.type == "reminder.grant_ended"]
    return fired(next(one for one in due if one.about == about.id))


def announced(books: BooksOf, event: Event) -> list[str]:
    return [one.name for one in books.announcements.values() if one.id.startswith(f"{event.id}:")]


def test_a_grant_gives_a_customer_without_subscription_its_plan_until_it_ends() -> None:
    books = told(GRANT)
    one = item(books)
    assert (one.status, one.access, one.access_until, one.granted_until) == ("active", True, UNTIL, UNTIL)
    assert (one.plan, one.features, one.limits) == ("agency", ("exports", "sso"), {"seats": 20, "projects": 200})
    assert announced(books, GRANT) == ["organization.access_granted"]
    books.apply(decide(end(books), books))
    assert item(books).access is not True


def test_the_record_keeps_who_gave_it_and_why() -> None:
    facet = organization(told(GRANT)).grant
    assert facet is not None
    assert (facet.value.by, facet.value.why) == (ARN, "a pilot")


def test_beside_a_subscription_the_higher_of_each_limit_counts() -> None:
    seats = sample(
        "customer.subscription.created", items={"data": [{**BOUGHT.object["items"]["data"][0], "quantity": 9}]}
    )
    books = told(seats, GRANT)
    one = item(books)
    assert (one.plan, one.access_until, one.status) == ("agency", None, "active")
    assert one.limits == {"seats": 45, "projects": 200}
    assert announced(books, GRANT) == ["organization.plan_changed"]
    books.apply(decide(end(books), books))
    assert (item(books).plan, item(books).granted_until) == ("studio", None)
    assert item(books).limits == {"seats": 45, "projects": 180}


def test_the_item_names_what_the_grant_alone_gives() -> None:
    one = item(told(BOUGHT, GRANT))
    assert (one.features, one.granted_features, one.granted_limits) == (
        ("exports", "sso"),
        ("sso",),
        ("projects", "seats"),
    )
    lower = item(told(BOUGHT, grant(AT, "free", UNTIL)))
    assert (lower.granted_features, lower.granted_limits) == (None, None)
    alone = item(told(GRANT))
    assert (alone.granted_features, alone.granted_limits) == (("exports", "sso"), ("projects", "seats"))
    assert item(told(BOUGHT, GRANT, REVOKED)).granted_features is None


def test_in_a_trial_the_item_names_what_the_grant_alone_gives() -> None:
    one = item(told(sample("customer.subscription.created", status="trialing"), GRANT))
    assert (one.status, one.granted_features) == ("trialing", ("sso",))


def test_an_item_without_a_grant_is_not_rewritten_for_the_fields_of_grants() -> None:
    saved = organization(told(BOUGHT)).shown
    told_since = {"ended_subscriptions", "granted_features", "granted_limits"}
    first = item(told(BOUGHT)).model_dump_json(exclude={"version", "changed_at", *told_since})
    assert saved is not None
    assert saved.digest == keys.digest(first)[:12]


def test_a_lower_plan_takes_nothing_away() -> None:
    assert item(told(BOUGHT, grant(AT, "free", UNTIL))).limits == item(told(BOUGHT)).limits
    assert item(told(BOUGHT, grant(AT, "free", UNTIL))).plan == "studio"


def test_after_the_subscription_the_grant_still_gives_access() -> None:
    books = told(BOUGHT, GRANT, ENDED)
    assert (item(books).access, item(books).access_until, item(books).plan) == (True, UNTIL, "agency")
    assert "organization.access_revoked" not in announced(books, ENDED)


def test_a_revocation_ends_it_and_the_schedule_then_fires_in_vain() -> None:
    books = told(BOUGHT, GRANT, REVOKED)
    assert (item(books).plan, item(books).granted_until) == ("studio", None)
    assert decide(end(books), books).save == ()


def test_a_plan_that_the_file_has_lost_keeps_its_access() -> None:
    one = item(told(grant(AT, "gone", UNTIL)))
    assert (one.access, one.access_until, one.plan, one.limits) == (True, UNTIL, None, {})


def test_a_deleted_customer_has_no_access_by_a_grant() -> None:
    assert item(told(BOUGHT, GRANT, GONE)).access is False


@pytest.mark.parametrize(
    "events",
    [
        (BOUGHT, GRANT, REVOKED, ENDED),
        (GRANT, REVOKED, grant(AT + 3 * DAY, "studio", UNTIL, 2)),
        (GRANT, grant(AT, "studio", UNTIL, 2), revocation(AT), BOUGHT),
    ],
    ids=["with a subscription", "given again", "within one second"],
)
def test_grants_in_any_order_and_twice_end_in_the_same_record(events: tuple[Event, ...]) -> None:
    in_order = told(*events).contents()
    assert all(told(*order).contents() == in_order for order in permutations(events))
    assert all(told(*order, order[0]).contents() == in_order for order in permutations(events))


def test_the_end_of_an_old_grant_leaves_a_newer_one_that_comes_late() -> None:
    newer = grant(AT + DAY, "studio", UNTIL + DAY, 2)
    late, early = told(GRANT), told(GRANT, newer)
    late.apply(decide(end(late), late))
    late.apply(decide(newer, late))
    early.apply(decide(end(early), early))
    assert late.contents() == early.contents()
    assert item(late).plan == "studio"


def test_the_erasure_waits_for_the_end_of_the_grant() -> None:
    books = told(BOUGHT, ENDED, grant(ENDED.created + DAY, "agency", UNTIL))
    before, after = ENDED.object["ended_at"] + 30 * DAY, UNTIL + 30 * DAY
    assert erasure_at(after, PLATFORM, CUSTOMER) in books.reminders.values()
    assert decide(fired(erasure_at(before, PLATFORM, CUSTOMER)), books).then == ()
    assert isinstance(decide(fired(erasure_at(after, PLATFORM, CUSTOMER)), books).then[0], Observe)


def test_a_revocation_brings_the_erasure_forward() -> None:
    revoked = revocation(ENDED.created + 2 * DAY)
    books = told(BOUGHT, GRANT, ENDED, revoked)
    at = revoked.created + 30 * DAY
    assert erasure_at(at, PLATFORM, CUSTOMER) in books.reminders.values()
    assert isinstance(decide(fired(erasure_at(at, PLATFORM, CUSTOMER)), books).then[0], Observe)


def test_a_grant_from_before_the_erasure_is_refused() -> None:
    books = BooksOf(Organization(account=PLATFORM, subject=CUSTOMER, erased_at=AT, versions_before=3))
    assert decide(GRANT, books).save == ()


def test_a_reason_without_end_is_refused() -> None:
    obj = {**GRANT.object, "why": "x" * 201}
    long = GRANT.model_copy(update={"data": GRANT.data.model_copy(update={"object": obj})})
    with pytest.raises(Permanent):
        decide(long, BooksOf())
