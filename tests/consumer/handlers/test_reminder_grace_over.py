"""reminder.grace_over: access ends by itself after the days of grace, and a payment silences it."""

from itertools import permutations
from typing import Any

import pytest

from functions.consumer.decide.decide import decide
from functions.consumer.handlers.reminder_grace_over import handle
from shared.decisions.access import access_of
from shared.decisions.access_item import AccessItem
from shared.decisions.decision import NOTHING, StoredRecord
from shared.mails.may_go import why_not
from shared.policy.plans import AccessRules
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import Stripe, fired
from tests.support.stories import CUSTOMER, SUBSCRIPTION

KIND = "reminder.grace_over"


def with_rules(**rules: Any) -> Policy:  # noqa: ANN401 - any rule
    access = AccessRules(**{"grace_days": 7, **rules})
    return Policy(plans=read_plans().model_copy(update={"access": access}), mail_connected=True)


WEEK = with_rules()


@pytest.fixture
def late(stripe_sends: Stripe) -> list[Event]:
    """A subscription begins, and its renewal is not paid."""
    names = ("customer.created", "customer.subscription.created", "invoice.payment_failed")
    return [*map(stripe_sends, names), stripe_sends("customer.subscription.updated")]


@pytest.fixture
def paid(stripe_sends: Stripe) -> list[Event]:
    return [stripe_sends("invoice.paid.recovered"), stripe_sends("customer.subscription.updated.recovered")]


def heard(*events: Event, policy: Policy = WEEK) -> BooksOf:
    books = BooksOf(policy=policy)
    for event in events:
        books.apply(decide(event, books))
    return books


def reminders(books: BooksOf) -> list[Event]:
    return [fired(one) for one in sorted(books.reminders.values(), key=lambda one: one.at) if one.type == KIND]


def fire(books: BooksOf) -> BooksOf:
    for reminder in reminders(books):
        books.apply(decide(reminder, books))
    return books


def customer(books: BooksOf) -> Organization:
    (found,) = (one for one in books.records.values() if isinstance(one, Organization) and one.subject == CUSTOMER)
    return found


def item(books: BooksOf) -> AccessItem:
    return access_of(customer(books), books.policy, 0)


def mails(books: BooksOf) -> list[str]:
    return [mail.template for mail in books.mails.values() if mail.template == "access_ended"]


def announced(books: BooksOf) -> list[str]:
    return [one.name.removeprefix("organization.") for one in books.announcements.values()]


def test_grace_ends_with_the_item_a_mail_and_an_announcement(late: list[Event]) -> None:
    for order in permutations(late):
        books = heard(*order)
        until = late[2].object["created"] + 7 * DAY
        assert [one.created for one in reminders(books)] == [until]
        assert (item(books).status, item(books).access, item(books).access_until) == ("grace", True, until)
        fire(books)
        assert (item(books).status, item(books).access, item(books).access_until) == ("past_due", False, None)
        assert (item(books).plan, item(books).past_due) == ("free", True)
        assert mails(books) == ["access_ended"]
        last = list(books.announcements.values())[-1]
        assert (last.name, last.at, last.facts["status"]) == ("organization.access_revoked", until, "past_due")
        assert last.facts["subscription"] == SUBSCRIPTION


def test_the_mail_names_the_plan_and_leads_to_the_payment(late: list[Event], account: str) -> None:
    books = fire(heard(*late))
    (mail,) = (mail for mail in books.mails.values() if mail.template == "access_ended")
    until = late[2].object["created"] + 7 * DAY
    assert (mail.partition, mail.key) == (f"{account}#{CUSTOMER}", f"access_ended:{SUBSCRIPTION}:{until}")
    assert (mail.data["plan"], mail.data["url"]) == ("Studio", late[2].object["hosted_invoice_url"])


def test_without_days_of_grace_nothing_is_scheduled(late: list[Event]) -> None:
    for policy in (with_rules(grace_days=None), with_rules(grace_days=0), with_rules(statuses=frozenset({"active"}))):
        assert reminders(heard(*late, policy=policy)) == []


def test_a_payment_one_second_before_silences_it(late: list[Event], stripe_sends: Stripe) -> None:
    books = heard(*late)
    (reminder,) = reminders(books)
    just = stripe_sends("invoice.paid.recovered", created=reminder.created - 1)
    books.apply(decide(just, books))
    assert handle(reminder, books) == NOTHING
    assert (item(books).access, mails(fire(books))) == (True, [])


def test_a_payment_that_comes_later_gives_access_back(late: list[Event], paid: list[Event]) -> None:
    books = fire(heard(*late))
    for event in paid:
        books.apply(decide(event, books))
    assert (item(books).status, item(books).access) == ("active", True)
    assert announced(books)[-2:] == ["access_granted", "recovered"] or "access_granted" in announced(books)[-3:]
    assert customer(books).grace_over == {}


def test_the_invoice_alone_gives_access_back_before_its_subscription(late: list[Event], paid: list[Event]) -> None:
    books = fire(heard(*late))
    books.apply(decide(paid[0], books))
    assert (item(books).status, item(books).access) == ("grace", True)


def test_a_mail_that_waits_goes_only_while_access_is_over(late: list[Event], paid: list[Event]) -> None:
    books = fire(heard(*late))
    (mail,) = (mail for mail in books.mails.values() if mail.template == "access_ended")
    assert why_not(mail, books) is None
    books.apply(decide(paid[0], books))
    assert why_not(mail, books) == "overtaken"


def test_a_reminder_that_fires_twice_ends_access_once(late: list[Event]) -> None:
    books = fire(heard(*late))
    (reminder,) = reminders(books)
    assert handle(reminder, books) == NOTHING
    assert mails(books) == ["access_ended"]


def test_in_any_order_of_reminder_and_payment_the_record_is_the_same(late: list[Event], paid: list[Event]) -> None:
    (reminder,) = reminders(heard(*late))
    ends = [shown_aside(heard(*late, *order)) for order in permutations((reminder, *paid))]
    assert all(one == ends[0] for one in ends)


def shown_aside(books: BooksOf) -> dict[tuple[str, str], StoredRecord]:
    """The books without the hash of the item, which counts commits."""
    return {
        place: one.model_copy(update={"shown": None}) if isinstance(one, Organization) else one
        for place, one in books.contents().items()
    }


def test_a_reminder_that_comes_late_ends_access_all_the_same(late: list[Event]) -> None:
    books = heard(*late)
    books.policy = with_rules(grace_days=3)
    (reminder,) = reminders(books)
    books.apply(decide(reminder, books))
    assert item(books).access is False


def test_longer_days_of_grace_move_the_end_and_set_another_reminder(late: list[Event]) -> None:
    books = heard(*late)
    books.policy = with_rules(grace_days=10)
    (reminder,) = reminders(books)
    books.apply(decide(reminder, books))
    assert item(books).access is True
    assert [one.created - reminder.created for one in reminders(books)] == [0, 3 * DAY]
    fire(books)
    assert item(books).access is False


def test_an_event_that_moves_nothing_sets_no_second_reminder(late: list[Event], stripe_sends: Stripe) -> None:
    books = heard(*late)
    again = stripe_sends("customer.updated", created=late[-1].created + DAY)
    decision = decide(again, books)
    assert [one for one in decision.then if one.kind == "remind"] == []


def test_an_invoice_by_hand_is_late_from_its_due_date_on(late: list[Event], stripe_sends: Stripe) -> None:
    due = late[2].object["created"] + 30 * DAY
    by_hand = {"collection_method": "send_invoice", "due_date": due, "attempted": False}
    overdue = stripe_sends("invoice.overdue", **{**late[2].object, **by_hand, "created": late[2].object["created"]})
    overdue = overdue.model_copy(update={"created": due + 1})
    books = heard(*late[:2], overdue, late[3])
    assert item(books).access_until == due + 7 * DAY


def test_while_grace_lasts_limits_may_be_those_of_the_default_plan(late: list[Event]) -> None:
    own, dropped = (item(heard(*late, policy=with_rules(limits_in_grace=whose))) for whose in ("plan", "default"))
    assert (own.limits, dropped.limits) == ({"seats": 5, "projects": 20}, {"seats": 1, "projects": 1})
    assert (dropped.access, dropped.plan, dropped.features) == (True, "studio", ("exports",))


def test_a_subscription_that_stripe_holds_later_is_not_told_twice(late: list[Event], stripe_sends: Stripe) -> None:
    books = fire(heard(*late))
    unpaid = stripe_sends("customer.subscription.updated", status="unpaid", created=reminders(books)[0].created + DAY)
    books.apply(decide(unpaid, books))
    assert [mail.template for mail in books.mails.values()].count("subscription_on_hold") == 0
    assert item(books).access is False


def test_another_subscription_keeps_access_when_one_ends(late: list[Event], stripe_sends: Stripe) -> None:
    other = stripe_sends("customer.subscription.created", id="sub_other", event_id="evt_other")
    books = fire(heard(other, *late))
    assert item(books).access is True
    assert {one.id: one.access for one in item(books).subscriptions} == {SUBSCRIPTION: False, "sub_other": True}
    assert announced(books)[-1] == "plan_changed"
