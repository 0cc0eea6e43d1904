"""Our reminder announces a trial's end eight days ahead; for a short trial Stripe's notice does so three days ahead."""

import pytest

from functions.consumer.decide.decide import decide
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import Stripe
from tests.support.stories import mails_once_due, told

BEGUN = 1792678805


@pytest.fixture
def somebody(stripe_sends: Stripe) -> Event:
    """Who the customer is, so that there is an address to send to."""
    return stripe_sends("customer.created")


@pytest.fixture
def begun(stripe_sends: Stripe) -> Event:
    return stripe_sends("customer.subscription.created.trialing")


def moved(stripe_sends: Stripe, *, after: int, to: int) -> Event:
    """The trial's end was moved `to` days from its begin, `after` as many."""
    return stripe_sends(
        "customer.subscription.created.trialing",
        event_id=f"evt_moved_{after}",
        created=BEGUN + after * DAY,
        trial_end=BEGUN + to * DAY,
    ).model_copy(update={"type": "customer.subscription.updated"})


def endings(books: BooksOf) -> list[object]:
    """The ends of trials that were told, first at once and then when their reminders came due."""
    mails_once_due(books)
    return [mail.data["trial_end"] for mail in books.mails.values() if mail.template == "trial_ending"]


def test_a_two_week_trial_is_told_eight_days_ahead_and_not_again_by_stripes_notice(
    stripe_sends: Stripe, somebody: Event, begun: Event, account: str
) -> None:
    books = told(somebody, begun, begun.model_copy(update={"id": "evt_twin"}))
    (reminder,) = books.reminders.values()
    assert (reminder.at, reminder.account) == (begun.object["trial_end"] - 8 * DAY, account)
    assert endings(books) == [begun.object["trial_end"]]
    books.apply(decide(stripe_sends("customer.subscription.trial_will_end"), books))
    assert endings(books) == [begun.object["trial_end"]]


def test_a_short_trial_is_told_of_by_stripes_notice_once(stripe_sends: Stripe, somebody: Event) -> None:
    week = moved(stripe_sends, after=0, to=7)
    notice = stripe_sends("customer.subscription.trial_will_end", created=BEGUN + 4 * DAY, trial_end=BEGUN + 7 * DAY)
    books = told(somebody, week, notice, notice.model_copy(update={"id": "evt_twin"}))
    assert not books.reminders
    assert endings(books) == [BEGUN + 7 * DAY]


@pytest.mark.parametrize("left", [0, DAY])
def test_a_notice_of_a_trial_that_ends_within_a_day_is_silent(stripe_sends: Stripe, somebody: Event, left: int) -> None:
    end = BEGUN + 7 * DAY
    notice = stripe_sends("customer.subscription.trial_will_end", created=end - left, trial_end=end)
    assert endings(told(somebody, notice)) == []


def test_a_notice_that_comes_after_the_trial_was_moved_is_silent(stripe_sends: Stripe, somebody: Event) -> None:
    notice = stripe_sends("customer.subscription.trial_will_end", created=BEGUN + 2 * DAY, trial_end=BEGUN + 5 * DAY)
    later = moved(stripe_sends, after=3, to=7)
    assert endings(told(somebody, later, notice)) == []


def test_a_trial_that_was_made_longer_is_told_of_by_its_new_end_alone(
    stripe_sends: Stripe, somebody: Event, begun: Event
) -> None:
    books = told(somebody, begun, moved(stripe_sends, after=2, to=30))
    assert len(books.reminders) == 2
    assert endings(books) == [BEGUN + 30 * DAY]


def test_a_trial_that_was_cut_short_past_its_reminder_is_told_of_at_once(stripe_sends: Stripe, somebody: Event) -> None:
    month, cut = moved(stripe_sends, after=0, to=30), moved(stripe_sends, after=5, to=10)
    assert endings(told(somebody, month, cut)) == [BEGUN + 10 * DAY]


def test_a_trial_that_has_become_a_subscription_is_reminded_of_nothing(
    stripe_sends: Stripe, somebody: Event, begun: Event
) -> None:
    assert endings(told(somebody, begun, stripe_sends("customer.subscription.resumed"))) == []


def test_a_customer_who_was_deleted_is_reminded_of_nothing(stripe_sends: Stripe, somebody: Event, begun: Event) -> None:
    assert endings(told(somebody, begun, stripe_sends("customer.deleted"))) == []
