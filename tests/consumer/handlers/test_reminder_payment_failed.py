"""reminder.payment_failed: after three days the mail names only the money that is still owed."""

from itertools import permutations

import pytest

from functions.consumer.handlers.reminder_payment_failed import handle
from shared.decisions.decision import NOTHING
from shared.failures.errors import Permanent
from shared.stripe_objects.event import Event
from shared.values.times import DAY, HOUR
from tests.support.books import BooksOf
from tests.support.samples import Stripe, fired
from tests.support.stories import CUSTOMER, RENEWAL, mails_once_due, told


@pytest.fixture
def failed(stripe_sends: Stripe) -> Event:
    return stripe_sends("invoice.payment_failed")


def test_what_is_still_owed_is_asked_for_again(failed: Event, account: str) -> None:
    (mail,) = mails_once_due(told(failed))
    due = failed.created + 3 * DAY
    assert (mail.template, mail.to) == ("payment_still_due", "accounts@example.com")
    assert (mail.partition, mail.key) == (f"{account}#{CUSTOMER}", f"payment_still_due:{RENEWAL}:{due}")
    assert mail.expires == due + 72 * HOUR
    assert (mail.data["amount"], mail.data["currency"], mail.data["number"]) == (2900, "usd", "E9XZ58UK-0006")
    assert mail.data["url"] == failed.object["hosted_invoice_url"]


def test_the_address_that_was_learnt_last_is_used(stripe_sends: Stripe, failed: Event) -> None:
    moved = stripe_sends(
        "checkout.session.completed.subscription",
        created=failed.created + DAY,
        customer_details={"email": "new@example.com"},
    )
    again = stripe_sends(
        "invoice.payment_failed", created=failed.created + 2 * DAY, event_id="evt_again", attempt_count=2
    )
    for order in permutations((failed, moved, again)):
        (mail,) = mails_once_due(told(*order))
        assert mail.to == "new@example.com", "the failed invoice froze the old address, whenever it is told again"


def test_an_attempt_still_to_come_is_announced(stripe_sends: Stripe) -> None:
    (mail,) = mails_once_due(told(stripe_sends("invoice.payment_failed", next_payment_attempt=1795700000)))
    assert mail.data["next_attempt"] == 1795700000


def test_an_attempt_that_was_due_by_now_is_not_announced(failed: Event) -> None:
    assert failed.object["next_payment_attempt"] < failed.created + 3 * DAY
    (mail,) = mails_once_due(told(failed))
    assert mail.data["next_attempt"] is None


def test_what_was_paid_in_the_meantime_is_not_asked_for(stripe_sends: Stripe, failed: Event) -> None:
    paid = stripe_sends("invoice.paid.recovered")
    assert mails_once_due(told(failed, paid)) == []
    assert mails_once_due(told(paid, failed)) == []


def test_a_reminder_that_a_later_failure_has_moved_is_silent(stripe_sends: Stripe, failed: Event) -> None:
    (reminder,) = told(failed).reminders.values()
    books = told(failed, stripe_sends("invoice.payment_failed.last"))
    assert handle(fired(reminder), books) == NOTHING


def test_a_reminder_of_an_invoice_the_books_do_not_know_is_silent(failed: Event) -> None:
    (reminder,) = told(failed).reminders.values()
    assert handle(fired(reminder), BooksOf()) == NOTHING


def test_a_reminder_that_fires_twice_asks_once(failed: Event) -> None:
    books = told(failed)
    assert len(mails_once_due(books)) == 1
    assert mails_once_due(books) == []


def test_a_reminder_without_its_customer_is_refused() -> None:
    broken = Event.model_validate(
        {"id": "due_1", "type": "reminder.payment_failed", "created": 1, "data": {"object": {"id": "in_4242"}}}
    )
    with pytest.raises(Permanent) as refused:
        handle(broken, BooksOf())
    assert refused.value.where == "customer"
    assert "4242" not in str(refused.value)
