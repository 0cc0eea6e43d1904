"""Any newer event of a connected account that left shows that it is back, and it is not erased."""

import pytest

from functions.consumer.decide.decide import decide
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import CONNECTED, told

UPDATED = sample("account.updated")
LEFT = sample("account.application.deauthorized", account=CONNECTED)
BACK = sample("account.application.authorized", account=CONNECTED)
LATER = LEFT.created + 2 * DAY
OWN = [
    sample("payout.created", created=LATER),
    sample("invoice.paid", account=CONNECTED, created=LATER),
    sample("charge.dispute.created", account=CONNECTED, created=LATER),
    sample("capability.updated", created=LATER),
    sample("checkout.session.completed.setup", account=CONNECTED, created=LATER),
    BACK,
]
each_event = pytest.mark.parametrize("event", OWN, ids=lambda event: event.type)


def erasures(books: BooksOf) -> list[object]:
    due = [one for one in books.reminders.values() if one.type == "erasure.account_due"]
    return [effect for one in due for effect in decide(fired(one), books).then]


@each_event
def test_an_account_is_back_by_any_newer_event_of_its_own_in_any_order(event: Event) -> None:
    for telling in ((UPDATED, LEFT, event), (event, LEFT, UPDATED)):
        books = told(*telling)
        assert books.read(ConnectedAccount, CONNECTED).is_authorized
        assert erasures(books) == []


@each_event
def test_it_is_announced_that_it_is_back(event: Event) -> None:
    names = [one.name for one in told(LEFT, event).announcements.values()]
    assert names.count("account.deauthorized") == names.count("account.authorized") == 1


def test_the_mail_that_brings_it_back_is_sent() -> None:
    paid = sample("invoice.paid", account=CONNECTED, created=LATER)
    assert [mail.template for mail in told(LEFT, paid).mails.values()] == ["receipt"]


def test_what_is_older_than_its_leaving_does_not_bring_it_back() -> None:
    older = BACK.model_copy(update={"created": LEFT.created - 1})
    books = told(LEFT, older, sample("payout.created"))
    assert not books.read(ConnectedAccount, CONNECTED).is_authorized
    assert len(erasures(books)) == 1


def test_an_account_that_leaves_a_second_time_is_gone_and_both_times_are_announced() -> None:
    again = LEFT.model_copy(update={"id": "evt_again", "created": BACK.created + DAY})
    books = told(LEFT, BACK, again)
    assert not books.read(ConnectedAccount, CONNECTED).is_authorized
    names = [one.name for one in books.announcements.values()]
    assert names == ["account.deauthorized", "account.authorized", "account.deauthorized"]
    assert len(erasures(books)) == 1


def test_that_it_is_there_is_saved_once_a_day() -> None:
    books = told(sample("invoice.paid", account=CONNECTED, created=LATER))
    same_day = sample("invoice.voided", account=CONNECTED, created=LATER + 1)
    assert not [one for one in decide(same_day, books).save if one.sort_key == "account"]
    next_day = sample("invoice.voided", account=CONNECTED, created=LATER + DAY)
    assert [one for one in decide(next_day, books).save if one.sort_key == "account"]


@pytest.mark.parametrize(
    "name", ["account.application.deauthorized", "account.application.authorized", "capability.updated"]
)
def test_an_event_that_names_no_account_is_not_about_the_platform(name: str) -> None:
    event = sample(name).model_copy(update={"account": PLATFORM})
    assert decide(event, BooksOf()).save == ()


def test_what_an_account_may_do_is_announced_when_it_changes() -> None:
    lost = sample("capability.updated")
    twin = lost.model_copy(update={"id": "evt_twin"})
    regained = sample("capability.updated", status="active", created=lost.created + DAY, event_id="evt_active")
    first, second = told(lost, twin, regained).announcements.values()
    assert (first.name, first.facts["can_transfers"]) == ("account.capability_changed", "inactive")
    assert (second.name, second.facts["can_transfers"]) == ("account.capability_changed", "active")
