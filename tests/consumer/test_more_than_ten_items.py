"""The worker reads a subscription with more than ten items at Stripe; the result is decided on like an event."""

from collections.abc import Iterable
from itertools import permutations
from typing import Any

import pytest

from functions.consumer.decide.decide import decide
from functions.effects.perform.observer import observation_message
from shared.effects.observe import Observe
from shared.records.organization import Organization
from shared.stripe_objects.event import Event, read_event
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, SUBSCRIPTION, told

BEGUN = sample("customer.subscription.created")
ITEM = BEGUN.object["items"]["data"][0]
DESKS = [
    {**ITEM, "id": f"si_{n}", "price": {**ITEM["price"], "id": f"price_{n}", "lookup_key": "desk_monthly"}}
    for n in range(14)
]


def listed(shown: Iterable[Any], *, has_more: bool = False) -> dict[str, Any]:
    return {"data": list(shown), "has_more": has_more}


def updated(after: int, number: int = 12, **changes: Any) -> Event:  # noqa: ANN401 - of the object
    """The subscription at Stripe `after` seconds, with `number` items; at most ten are shown."""
    shown: dict[str, Any] = {"items": listed(DESKS[:number][:10], has_more=number > 10), "status": "active"}
    event_id = f"evt_{after}_{number}"
    event = sample("customer.subscription.updated", event_id=event_id, created=BEGUN.created + after, **shown | changes)
    return event.model_copy(update={"data": event.data.model_copy(update={"previous_attributes": None})})


def looked_at(asking: Event, after: int, number: int = 12, **changes: object) -> Event:
    """What the worker sends back for the event that asks, having read at Stripe `after` seconds."""
    whole = {"items": listed(DESKS[:number])}
    found = {**asking.object, **whole, **changes}
    return read_event(observation_message(asked_for(asking), found, BEGUN.created + after))


def asked_for(event: Event) -> Observe:
    whose = {"account": PLATFORM, "customer": CUSTOMER}
    return Observe(object="subscription", id=SUBSCRIPTION, event=event.id, **whose)


def printers(books: BooksOf) -> int:
    return books.policy.plans.limits_of(books.read(Organization, PLATFORM, CUSTOMER).subscriptions_with_access)[
        "printers"
    ]


def looks(books: BooksOf) -> list[Observe]:
    return [one for one in books.observations.values() if one.object == "subscription"]


def mails(books: BooksOf) -> list[str]:
    return [mail.template for mail in books.mails.values() if mail.template != "welcome"]


SOMEBODY = sample("customer.created")
TEN = updated(0, 10)
TWELVE = updated(DAY, 12)


def test_an_event_asks_stripe_for_its_items_only_if_some_are_missing() -> None:
    assert looks(told(TEN)) == []
    assert looks(told(TEN, TWELVE)) == [asked_for(TWELVE)]


def test_so_does_the_notice_of_a_trials_end() -> None:
    notice = TWELVE.model_copy(update={"type": "customer.subscription.trial_will_end"})
    assert looks(told(notice)) == [asked_for(notice)]


def test_an_event_that_changes_none_of_the_first_ten_items_asks_for_the_others() -> None:
    later = updated(2 * DAY, 13)
    assert looks(told(TWELVE, later)) == [asked_for(TWELVE), asked_for(later)]


def test_an_event_that_a_newer_one_has_overtaken_asks_nobody() -> None:
    assert looks(told(updated(2 * DAY, 12), TWELVE)) == [asked_for(updated(2 * DAY, 12))]
    assert looks(told(updated(2 * DAY, 10), TWELVE)) == []
    assert looks(told(looked_at(TWELVE, DAY + 9), TWELVE)) == []


def test_the_end_of_a_subscription_asks_nobody() -> None:
    ended = updated(2 * DAY, 12, status="canceled", ended_at=BEGUN.created + 2 * DAY)
    assert len(looks(told(TWELVE, ended))) == 1
    assert len(looks(told(TWELVE, ended.model_copy(update={"type": "customer.subscription.deleted"})))) == 1


def test_what_was_read_asks_for_nothing_even_if_it_is_not_whole() -> None:
    part = looked_at(TWELVE, DAY + 9, items=listed(DESKS[:10], has_more=True))
    assert looks(told(TWELVE, part)) == [asked_for(TWELVE)]


def test_limits_and_announcements_follow_from_all_items() -> None:
    books = told(SOMEBODY, TEN, TWELVE)
    assert printers(books) == 10
    books.apply(decide(looked_at(TWELVE, DAY + 9), books))
    assert printers(books) == 12
    (announced,) = [one for one in books.announcements.values() if one.id.startswith("seen_")]
    assert (announced.name, announced.facts["limit_printers"]) == ("organization.plan_changed", 12)
    organization = books.read(Organization, PLATFORM, CUSTOMER)
    assert (organization.complete, organization.whole(SUBSCRIPTION)) == (
        {},
        organization.subscription(SUBSCRIPTION),
    )


def test_a_change_beyond_the_tenth_item_is_mailed_and_a_first_look_at_them_is_not() -> None:
    assert mails(told(SOMEBODY, TEN, TWELVE, looked_at(TWELVE, DAY + 9))) == ["items_incomplete", "plan_changed"]
    assert mails(told(SOMEBODY, TWELVE, looked_at(TWELVE, DAY + 9))) == ["items_incomplete"]
    later = updated(2 * DAY, 11)
    story = (SOMEBODY, TWELVE, looked_at(TWELVE, DAY + 9), later, looked_at(later, 2 * DAY + 9, 11))
    assert (printers(told(*story)), mails(told(*story))) == (11, ["items_incomplete", "plan_changed"])


def test_what_was_read_of_its_state_counts_as_an_event_does() -> None:
    ends = BEGUN.created + 30 * DAY
    books = told(SOMEBODY, TWELVE, looked_at(TWELVE, DAY + 9, cancel_at=ends))
    assert mails(books)[-1:] == ["cancellation_scheduled"]
    books.apply(decide(updated(DAY + 5, 12, cancel_at=ends), books))
    assert mails(books).count("cancellation_scheduled") == 1


@pytest.mark.parametrize("after", [5, 9, 30], ids=["older", "of the same second", "newer"])
def test_what_was_read_never_beats_an_event_of_its_second_or_newer(after: int) -> None:
    event = updated(DAY + after, 14, status="past_due")
    for order in permutations((TWELVE, looked_at(TWELVE, DAY + 9), event)):
        known = told(*order).read(Organization, PLATFORM, CUSTOMER).subscription(SUBSCRIPTION)
        assert known is not None
        assert (known.status, known.has_more) == (("active", False) if after == 5 else ("past_due", True))


def test_a_newer_event_that_lacks_items_keeps_those_that_were_read_and_asks_again() -> None:
    newer = updated(DAY + 30, 14)
    for order in permutations((TWELVE, looked_at(TWELVE, DAY + 9), newer)):
        books = told(*order)
        assert printers(books) == 12
        assert asked_for(newer) in looks(books)
        books.apply(decide(looked_at(newer, DAY + 40, 14), books))
        assert printers(books) == 14


def test_an_older_event_of_the_same_second_keeps_the_whole_list_and_asks_once_more() -> None:
    read = looked_at(TEN, DAY)
    books = told(TEN, read, TWELVE)
    assert (printers(books), looks(books)) == (12, [asked_for(TWELVE)])
    books.apply(decide(looked_at(TWELVE, DAY + 1), books))
    assert (printers(books), len(looks(books))) == (12, 1)


def test_a_story_with_looks_ends_in_the_same_books_in_any_order() -> None:
    newer = updated(DAY + 9, 14)
    story = (TEN, TWELVE, looked_at(TWELVE, DAY + 9), newer, looked_at(newer, DAY + 9, 14))
    in_order = told(SOMEBODY, *story).contents()
    assert all(told(SOMEBODY, *order).contents() == in_order for order in permutations(story))


def test_without_an_answer_it_is_as_without_a_key() -> None:
    books = told(TEN, TWELVE, updated(2 * DAY, 13), updated(3 * DAY, 13))
    assert (printers(books), mails(books)) == (10, ["items_incomplete"])
    assert len(looks(books)) == 3
