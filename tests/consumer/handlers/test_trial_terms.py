"""A mail about a trial names the price after its end, the case without a payment method, and how to leave."""

import pytest

from functions.effects.mails.chosen_words import origin
from functions.effects.mails.render import render
from shared.effects.email import Email
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.stripe_objects.event import Event
from tests.support.mails import BUSINESS
from tests.support.samples import Stripe
from tests.support.stories import mails_once_due, told

PORTAL = "https://billing.stripe.com/p/login/abc"
POLICY = Policy(plans=read_plans(), mail_connected=True, manage_url=PORTAL)
NO_METHOD = {"default_payment_method": None, "default_source": None}


@pytest.fixture
def somebody(stripe_sends: Stripe) -> Event:
    """Who the customer is: nothing is on file to pay with."""
    return stripe_sends("customer.created")


def without_method(missing: str | None) -> dict[str, object]:
    return {**NO_METHOD, "trial_settings": {"end_behavior": {"missing_payment_method": missing}}}


def trial(stripe_sends: Stripe, **changes: object) -> Event:
    return stripe_sends("customer.subscription.created.trialing", **changes)


def ending(*events: Event) -> Email:
    (mail,) = [mail for mail in mails_once_due(told(*events, policy=POLICY)) if mail.template == "trial_ending"]
    return mail


@pytest.mark.parametrize(
    ("changes", "then"),
    [
        (without_method("cancel"), "cancel"),
        (without_method("pause"), "pause"),
        (without_method("create_invoice"), "invoice"),
        (without_method(None), "unknown"),
        ({**without_method("cancel"), "default_payment_method": "pm_1"}, "charge"),
        ({**without_method("cancel"), "default_source": "card_1"}, "charge"),
        ({**without_method("cancel"), "collection_method": "send_invoice"}, "invoice"),
    ],
)
def test_what_comes_at_the_end_follows_from_what_is_on_file(
    stripe_sends: Stripe, somebody: Event, changes: dict[str, object], then: str
) -> None:
    assert ending(somebody, trial(stripe_sends, **changes)).data["then"] == then


@pytest.mark.parametrize("missing", ["cancel", "pause"])
def test_whether_anything_is_on_file_may_be_unknown(stripe_sends: Stripe, missing: str) -> None:
    addressed = stripe_sends("invoice.paid")  # tells an address, and nothing of what is on file
    mail = ending(addressed, trial(stripe_sends, **without_method(missing)))
    assert mail.data["then"] == f"{missing}_if_none"
    assert "If there is no payment method on file by then" in render(mail, BUSINESS)[1]


def test_what_the_customer_pays_everything_with_is_on_file(stripe_sends: Stripe) -> None:
    paying = stripe_sends("customer.created", invoice_settings={"default_payment_method": "pm_1"})
    assert ending(paying, trial(stripe_sends, **without_method("cancel"))).data["then"] == "charge"


def test_the_amount_is_that_of_all_items_and_says_what_is_not_in_it(stripe_sends: Stripe, somebody: Event) -> None:
    plain = ending(somebody, trial(stripe_sends))
    assert (plain.data["amount"], plain.data["currency"], plain.data["adjusted"]) == (900, "usd", False)
    taxed = ending(somebody, trial(stripe_sends, automatic_tax={"enabled": True}))
    assert "9.00 USD before taxes and discounts" in render(taxed, BUSINESS)[1]


@pytest.mark.parametrize(
    ("price", "quantity"),
    [({"unit_amount": None}, 1), ({}, None), ({"transform_quantity": {"divide_by": 10, "round": "up"}}, 25)],
    ids=["tiers", "metered", "packages"],
)
def test_an_amount_that_no_field_tells_is_not_made_up(
    stripe_sends: Stripe, somebody: Event, price: dict[str, object], quantity: int | None
) -> None:
    (item,) = trial(stripe_sends).object["items"]["data"]
    items = {"data": [{**item, "quantity": quantity, "price": {**item["price"], **price}}]}
    assert ending(somebody, trial(stripe_sends, items=items)).data["amount"] is None


def test_what_costs_nothing_is_not_charged(stripe_sends: Stripe, somebody: Event) -> None:
    (item,) = trial(stripe_sends).object["items"]["data"]
    mail = ending(somebody, trial(stripe_sends, items={"data": [{**item, "quantity": 0}]}))
    assert mail.data["then"] == "free"


def test_the_way_to_leave_is_a_link(stripe_sends: Stripe, somebody: Event) -> None:
    _, text, html = render(ending(somebody, trial(stripe_sends)), BUSINESS, {origin(PORTAL)})
    assert PORTAL in text
    assert PORTAL in html


def test_a_trial_that_ends_by_itself_is_not_told_to_be_cancelled(stripe_sends: Stripe, somebody: Event) -> None:
    begun = trial(stripe_sends)
    by_itself = trial(stripe_sends, cancel_at=begun.object["trial_end"])
    books = told(somebody, by_itself, policy=POLICY)
    (welcome,) = books.mails.values()
    assert welcome.data["then"] == "end"
    assert "cancel" not in render(welcome, BUSINESS)[1].replace("You can change or cancel", "")
    assert mails_once_due(books) == []


def test_a_fixed_term_that_ends_later_is_told_of_its_trial(stripe_sends: Stripe, somebody: Event) -> None:
    begun = trial(stripe_sends)
    assert ending(somebody, trial(stripe_sends, cancel_at=begun.object["trial_end"] * 2)).template == "trial_ending"


def test_a_trial_whose_end_renews_a_year_sends_one_mail(stripe_sends: Stripe, somebody: Event) -> None:
    (item,) = trial(stripe_sends).object["items"]["data"]
    yearly = {"data": [{**item, "price": {**item["price"], "recurring": {"interval": "year", "interval_count": 1}}}]}
    begun = trial(stripe_sends, items=yearly)
    end = begun.object["trial_end"]
    about = {"parent": {"subscription_details": {"subscription": begun.object["id"]}}}
    if "parent" not in stripe_sends("invoice.upcoming").object:
        about = {"subscription": begun.object["id"]}
    upcoming = stripe_sends(
        "invoice.upcoming", customer=begun.object["customer"], next_payment_attempt=end, created=end - 9, **about
    )
    books = told(somebody, begun, upcoming, policy=POLICY)
    mails_once_due(books)
    assert [mail.template for mail in books.mails.values()] == ["welcome", "trial_ending"]
    only_renewals = POLICY.model_copy(update={"off": frozenset({"trial_ending"})})
    books = told(somebody, begun, upcoming, policy=only_renewals)
    assert [mail.template for mail in books.mails.values()] == ["welcome", "invoice_upcoming"]
