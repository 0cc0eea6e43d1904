"""invoice.payment_failed: the customer gets one mail for each attempt, and none that is out of date."""

import pytest

from functions.consumer.handlers.invoice_payment_failed import handle
from shared.effects.email import Email
from shared.effects.remind import Remind
from shared.failures.errors import Permanent
from shared.records.organization import Organization
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import Stripe
from tests.support.stories import CUSTOMER, RENEWAL, mails_once_due, told


def test_the_customer_is_told_now_and_reminded_in_three_days(stripe_sends: Stripe, account: str) -> None:
    event = stripe_sends("invoice.payment_failed")
    assert handle(event, BooksOf()).then == (
        Email(
            template="payment_failed",
            to="accounts@example.com",
            partition=f"{account}#{CUSTOMER}",
            key=f"payment_failed:{RENEWAL}:1:{event.created}",
            expires=event.created + 3 * DAY,
            data={
                "name": "Fernhill Studio",
                "amount": 2900,
                "currency": "usd",
                "number": "E9XZ58UK-0006",
                "next_attempt": 1795342394,
                "url": event.object["hosted_invoice_url"],
                "decline_code": None,
                "method": None,
            },
        ),
        Remind(
            type="reminder.payment_failed",
            at=event.created + 3 * DAY,
            about=RENEWAL,
            account=account,
            customer=CUSTOMER,
        ),
    )


def test_the_organization_is_past_due_and_keeps_its_access(stripe_sends: Stripe, account: str) -> None:
    books = told(stripe_sends("customer.subscription.created"), stripe_sends("invoice.payment_failed"))
    organization = books.read(Organization, account, CUSTOMER)
    assert organization.past_due
    assert organization.access


def test_each_attempt_is_told_once_however_often_stripe_tells_of_it(stripe_sends: Stripe) -> None:
    first, last = stripe_sends("invoice.payment_failed"), stripe_sends("invoice.payment_failed.last")
    again = first.model_copy(update={"id": "evt_again", "created": first.created + 1})
    books = told(first, again, first, last, last)
    assert [key for _, key in books.mails] == [
        f"payment_failed:{RENEWAL}:1:{first.created}",
        f"payment_failed:{RENEWAL}:4:{last.created}",
    ]


def test_a_payment_to_be_confirmed_is_told_so_instead_of_as_a_failure(stripe_sends: Stripe) -> None:
    confirm = stripe_sends("invoice.payment_action_required")
    failed = confirm.model_copy(update={"id": "evt_failed", "type": "invoice.payment_failed"})
    (mail,) = told(confirm, failed).mails.values()
    assert (mail.template, mail.data["url"]) == ("payment_confirm", confirm.object["hosted_invoice_url"])


def test_why_it_was_declined_is_told_where_the_payment_said_so(stripe_sends: Stripe, account: str) -> None:
    declined = stripe_sends("payment_intent.payment_failed")
    books = told(declined, stripe_sends("invoice.payment_failed"))
    (mail,) = books.mails.values()
    assert mail.data["decline_code"] == declined.object["last_payment_error"]["decline_code"]
    paid = told(declined, stripe_sends("invoice.paid.recovered")).read(Organization, account, CUSTOMER)
    assert not paid.declines


def test_a_customer_who_was_deleted_is_asked_for_nothing(stripe_sends: Stripe) -> None:
    books = told(stripe_sends("invoice.payment_failed"), stripe_sends("customer.deleted"))
    assert mails_once_due(books) == []
    assert not told(stripe_sends("customer.deleted"), stripe_sends("invoice.payment_failed")).mails


def test_the_last_notice_names_no_next_attempt(stripe_sends: Stripe) -> None:
    (mail,) = told(stripe_sends("invoice.payment_failed.last")).mails.values()
    assert mail.data["next_attempt"] is None


@pytest.mark.parametrize(
    ("known", "attempts"),
    [("invoice.paid.recovered", 1), ("invoice.paid.recovered", 2), ("invoice.payment_failed.last", 4)],
)
def test_a_failure_that_comes_after_a_payment_or_a_later_attempt_is_not_told(
    stripe_sends: Stripe, known: str, attempts: int
) -> None:
    books = told(stripe_sends(known, attempt_count=attempts))
    assert handle(stripe_sends("invoice.payment_failed"), books).then == ()


def test_a_failed_first_payment_is_seen_at_the_checkout_and_not_mailed(stripe_sends: Stripe, account: str) -> None:
    event = stripe_sends("invoice.payment_failed.first")
    books = told(event)
    # An attempt that never lived makes nobody past due.
    assert not books.read(Organization, account, event.object["customer"]).past_due
    assert not books.mails
    assert not books.reminders


def test_only_the_reminder_of_the_last_failure_is_sent(stripe_sends: Stripe) -> None:
    first = stripe_sends("invoice.payment_failed")
    second = stripe_sends("invoice.payment_failed", created=first.created + DAY, event_id="evt_second", attempt_count=2)
    for order in ((first, second), (second, first)):
        (mail,) = mails_once_due(told(*order))
        assert mail.key == f"payment_still_due:{RENEWAL}:{second.created + 3 * DAY}"


def test_an_amount_in_yen_stays_in_yen(stripe_sends: Stripe) -> None:
    (mail,) = told(stripe_sends("invoice.payment_failed.jpy")).mails.values()
    assert mail.data["currency"] == "jpy"


@pytest.mark.parametrize(("field", "wrong"), [("customer", 4242), ("attempt_count", "4242 times"), ("status", None)])
def test_an_undocumented_invoice_is_refused_by_the_name_of_its_field_alone(
    stripe_sends: Stripe, field: str, wrong: object
) -> None:
    with pytest.raises(Permanent) as refused:
        handle(stripe_sends("invoice.payment_failed", **{field: wrong}), BooksOf())
    assert refused.value.where == field
    assert "4242" not in str(refused.value)
