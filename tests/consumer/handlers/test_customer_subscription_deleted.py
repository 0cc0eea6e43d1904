"""customer.subscription.deleted and its farewell an hour later: the end of the last subscription sends one farewell."""

from itertools import permutations

import pytest

from functions.consumer.handlers.customer_subscription_deleted import handle
from shared.failures.errors import Permanent
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.times import HOUR
from tests.support.books import BooksOf
from tests.support.samples import Stripe
from tests.support.stories import CUSTOMER, SUBSCRIPTION, mails_once_due, told


@pytest.fixture
def somebody(stripe_sends: Stripe) -> Event:
    """Who the customer is, so that there is an address for the farewell."""
    return stripe_sends("customer.created")


@pytest.fixture
def begun(stripe_sends: Stripe) -> Event:
    return stripe_sends("customer.subscription.created")


@pytest.fixture
def ended(stripe_sends: Stripe) -> Event:
    return stripe_sends("customer.subscription.deleted")


@pytest.fixture
def back(stripe_sends: Stripe) -> Event:
    return stripe_sends("customer.subscription.created", id="sub_zz_another", event_id="evt_another")


@pytest.fixture
def gone_again(stripe_sends: Stripe, ended: Event) -> Event:
    at = ended.created + 10
    return stripe_sends(
        "customer.subscription.deleted", id="sub_zz_another", event_id="evt_gone", created=at, ended_at=at
    )


def test_the_end_of_the_only_subscription_revokes_access(begun: Event, ended: Event, account: str) -> None:
    assert told(begun).read(Organization, account, CUSTOMER).access
    assert not told(begun, ended).read(Organization, account, CUSTOMER).access


def test_news_from_before_the_end_that_come_late_do_not_give_access_back(
    begun: Event, ended: Event, account: str
) -> None:
    assert not told(ended, begun).read(Organization, account, CUSTOMER).access


def test_another_living_subscription_keeps_access_and_spares_the_farewell(
    somebody: Event, begun: Event, ended: Event, back: Event, account: str
) -> None:
    books = told(somebody, begun, back, ended)
    assert books.read(Organization, account, CUSTOMER).access
    assert mails_once_due(books) == []


def test_the_farewell_is_sent_an_hour_after_the_end_and_says_why(
    somebody: Event, begun: Event, ended: Event, account: str
) -> None:
    books = told(somebody, begun, ended)
    (reminder,) = [one for one in books.reminders.values() if one.type == "farewell.due"]
    assert (reminder.at, reminder.account, reminder.customer) == (ended.created + HOUR, account, CUSTOMER)
    (mail,) = mails_once_due(books)
    assert mail.template == "farewell"
    assert mail.partition == f"{account}#{CUSTOMER}"
    assert mail.key == f"farewell:{SUBSCRIPTION}"
    assert mail.expires == reminder.at + 72 * HOUR
    assert mail.data == {
        "name": "Fernhill Studio",
        "ended_at": 1796033603,
        "reason": "payment_failed",
        "erased_at": 1796033603 + 30 * 24 * HOUR,
        "waits": False,
        "export": True,
    }
    assert [export.customer for export in books.exports] == [CUSTOMER]


def test_nobody_who_is_back_within_the_hour_is_told_goodbye(
    somebody: Event, begun: Event, ended: Event, back: Event
) -> None:
    assert mails_once_due(told(somebody, begun, ended, back)) == []


def test_a_customer_who_ends_two_subscriptions_is_told_goodbye_once_in_any_order(
    somebody: Event, begun: Event, back: Event, ended: Event, gone_again: Event
) -> None:
    for order in permutations((begun, back, ended, gone_again)):
        assert [mail.key for mail in mails_once_due(told(somebody, *order))] == ["farewell:sub_zz_another"]


def test_one_end_told_by_two_events_is_one_farewell(somebody: Event, ended: Event) -> None:
    twin = ended.model_copy(update={"id": "evt_twin", "created": ended.created + 1})
    for order in permutations((ended, twin)):
        assert len(mails_once_due(told(somebody, *order))) == 1


def test_a_customer_who_never_paid_is_told_no_goodbye_in_any_order_of_events(
    stripe_sends: Stripe, somebody: Event, ended: Event
) -> None:
    tried = stripe_sends("customer.subscription.created", status="incomplete")
    for order in permutations((somebody, tried, ended)):
        assert mails_once_due(told(*order)) == []


def test_a_first_payment_given_up_after_the_end_does_not_silence_the_farewell(
    stripe_sends: Stripe, somebody: Event, begun: Event, ended: Event, gone_again: Event
) -> None:
    tried = stripe_sends(
        "customer.subscription.created", id="sub_zz_another", event_id="evt_another", status="incomplete"
    )
    for order in permutations((begun, ended, tried, gone_again)):
        assert [mail.key for mail in mails_once_due(told(somebody, *order))] == [f"farewell:{SUBSCRIPTION}"]


@pytest.mark.parametrize("status", ["paused", "unpaid"])
def test_another_subscription_that_may_give_access_again_spares_the_farewell(
    stripe_sends: Stripe, somebody: Event, ended: Event, status: str
) -> None:
    other = stripe_sends("customer.subscription.updated", id="sub_zz_another", event_id="evt_another", status=status)
    assert mails_once_due(told(somebody, other, ended)) == []


def test_a_customer_who_was_deleted_is_told_no_goodbye(stripe_sends: Stripe, somebody: Event, ended: Event) -> None:
    assert mails_once_due(told(somebody, ended, stripe_sends("customer.deleted"))) == []


def test_a_farewell_without_an_address_waits_for_one(ended: Event, account: str) -> None:
    books = told(ended)
    assert mails_once_due(books) == []
    assert list(books.read(Organization, account, CUSTOMER).owed) == [f"farewell:{SUBSCRIPTION}"]


def test_a_note_on_a_subscription_that_has_ended_does_not_silence_the_farewell(
    stripe_sends: Stripe, somebody: Event, ended: Event
) -> None:
    note = stripe_sends(
        "customer.subscription.updated",
        created=ended.created + 60,
        status="canceled",
        ended_at=ended.object["ended_at"],
        metadata={"survey": "too expensive"},
        previous={"metadata": {"survey": None}},
    )
    assert len(mails_once_due(told(somebody, ended, note))) == 1


def test_a_farewell_to_someone_the_books_do_not_know_any_more_is_silent(ended: Event) -> None:
    forgotten = BooksOf()
    forgotten.reminders = told(ended).reminders
    assert mails_once_due(forgotten) == []


def test_an_undocumented_subscription_is_refused_by_the_name_of_its_field_alone(
    stripe_sends: Stripe,
) -> None:
    with pytest.raises(Permanent) as refused:
        handle(stripe_sends("customer.subscription.deleted", items={"data": "4242"}), BooksOf())
    assert refused.value.where.startswith("items")
    assert "4242" not in str(refused.value)
