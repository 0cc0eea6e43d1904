"""invoice.upcoming: a yearly renewal is announced, unless it is free or will not happen."""

import pytest

from functions.consumer.handlers.invoice_upcoming import handle
from shared.effects.email import Email
from shared.policy.policy import Policy
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import Stripe, signed_by
from tests.support.stories import told

OAKLINE = "cus_4Phm8o4vJZP7dD"


def subscription(upcoming: Stripe) -> str:
    obj = upcoming("invoice.upcoming").object
    return str(obj.get("subscription") or obj["parent"]["subscription_details"]["subscription"])


def test_a_yearly_renewal_is_announced_once_a_charge_date(stripe_sends: Stripe, account: str) -> None:
    event = stripe_sends("invoice.upcoming")
    charged_at = event.object["next_payment_attempt"]
    (mail,) = told(event, event.model_copy(update={"id": "evt_twin", "created": event.created + 1})).mails.values()
    assert mail == Email(
        template="invoice_upcoming",
        to="office@example.com",
        partition=f"{account}#{OAKLINE}",
        key=f"invoice_upcoming:{subscription(stripe_sends)}:{charged_at}",
        expires=event.created + 3 * DAY,
        data={
            "name": event.object["customer_name"],
            "amount": 29000,
            "currency": event.object["currency"],
            "charged_at": charged_at,
            "url": None,
            **signed_by(event),
        },
    )


def test_what_costs_nothing_is_not_announced(stripe_sends: Stripe) -> None:
    assert not told(stripe_sends("invoice.upcoming", amount_due=0)).mails


@pytest.mark.parametrize(
    "state",
    [{"cancel_at_period_end": True}, {"cancel_at": 1795792930}, {"pause_collection": {"behavior": "void"}}]
    + [{"status": status} for status in ("canceled", "paused", "unpaid", "incomplete_expired")],
    ids=str,
)
def test_what_is_cancelling_paused_or_over_is_not_announced(stripe_sends: Stripe, state: dict[str, object]) -> None:
    known = stripe_sends("customer.subscription.updated", id=subscription(stripe_sends), customer=OAKLINE, **state)
    assert handle(stripe_sends("invoice.upcoming"), told(known)).then == ()


@pytest.mark.parametrize(("upcoming", "mails"), [(frozenset({"year"}), 0), (frozenset({"year", "month"}), 1)])
def test_a_monthly_renewal_is_announced_only_if_the_business_says_so(
    stripe_sends: Stripe, upcoming: frozenset[str], mails: int
) -> None:
    monthly = stripe_sends(
        "customer.subscription.updated", id=subscription(stripe_sends), customer=OAKLINE, status="active"
    )
    books = BooksOf(*told(monthly).records.values(), policy=Policy.model_validate({"upcoming": upcoming}))
    assert len(handle(stripe_sends("invoice.upcoming"), books).then) == mails


def test_a_customer_who_was_deleted_is_told_of_no_renewal(stripe_sends: Stripe) -> None:
    assert not told(stripe_sends("customer.deleted", id=OAKLINE), stripe_sends("invoice.upcoming")).mails


CHARGED_AT = 1795796530


def known_renewal(stripe_sends: Stripe, **changes: object) -> Event:
    """The yearly subscription that the upcoming invoice is for, as the books know it."""
    (item,) = stripe_sends("customer.subscription.created").object["items"]["data"]
    yearly = {**item, "price": {**item["price"], "recurring": {"interval": "year", "interval_count": 1}}}
    about = {"id": subscription(stripe_sends), "customer": OAKLINE, "items": {"data": [yearly]}}
    return stripe_sends("customer.subscription.created", **{**about, **changes})


def announced(stripe_sends: Stripe, known: Event) -> int:
    books = told(known, stripe_sends("invoice.upcoming"))
    return [mail.template for mail in books.mails.values()].count("invoice_upcoming")


@pytest.mark.parametrize(
    ("state", "mails"),
    [
        ({"cancel_at": CHARGED_AT + 400 * DAY}, 1),
        ({"cancel_at": CHARGED_AT - 3600}, 0),
        ({"pause_collection": {"behavior": "void", "resumes_at": CHARGED_AT - DAY}}, 1),
        ({"pause_collection": {"behavior": "void", "resumes_at": CHARGED_AT + DAY}}, 0),
        ({"pause_collection": {"behavior": "void", "resumes_at": None}}, 0),
    ],
    ids=["fixed term", "last period", "pause ends before", "pause ends after", "pause without end"],
)
def test_what_is_charged_at_this_renewal_is_announced(
    stripe_sends: Stripe, state: dict[str, object], mails: int
) -> None:
    assert stripe_sends("invoice.upcoming").object["next_payment_attempt"] == CHARGED_AT
    assert announced(stripe_sends, known_renewal(stripe_sends, **state)) == mails


@pytest.mark.parametrize(
    ("interval", "count", "mails"),
    [("month", 12, 1), ("week", 52, 1), ("day", 365, 1), ("year", 3, 1), ("month", 6, 0), ("week", 13, 0)],
)
def test_a_year_is_a_year_however_it_is_counted(stripe_sends: Stripe, interval: str, count: int, mails: int) -> None:
    (item,) = stripe_sends("customer.subscription.created").object["items"]["data"]
    recurring = {"interval": interval, "interval_count": count}
    items = {"data": [{**item, "price": {**item["price"], "recurring": recurring}}]}
    assert announced(stripe_sends, known_renewal(stripe_sends, items=items)) == mails
