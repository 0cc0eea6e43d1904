"""A decision asks Stripe for an address only when a mail waits for one that no event contains."""

import json

import pytest

from functions.consumer.decide.decide import decide
from functions.effects.perform.observer import observation_message
from shared.effects.observe import Observe
from shared.effects.remind import erasure_at
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event, read_event
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import CONNECTED, CUSTOMER, answered, told

PAID = sample("invoice.paid", customer_email=None)
SOMEBODY = sample("customer.created")
COMING = sample("payout.created")
HOLDER = sample("account.updated")
WEEKLY = {"payouts": {"schedule": {"interval": "weekly"}}}
"""A payout that comes every day by itself is no news."""


def observed(asked: Observe, found: Event, **changes: object) -> Event:
    """What the worker sends back when it has read the object of `found` at Stripe, a minute later."""
    return read_event(observation_message(asked, {**found.object, **changes}, PAID.created + 60))


def test_the_first_mail_that_waits_for_an_address_asks_stripe_for_it() -> None:
    (asked,) = told(PAID).observations.values()
    assert asked == Observe(object="customer", account=PLATFORM, id=CUSTOMER, event=PAID.id)


def test_a_second_mail_that_waits_asks_nobody_again() -> None:
    refunded = sample("invoice.payment_failed", customer_email=None, created=PAID.created + 1)
    assert len(told(PAID, refunded).observations) == 1


def test_a_mail_that_needs_no_address_asks_for_none() -> None:
    assert not told(sample("invoice.paid")).observations
    assert not told(SOMEBODY, PAID).observations


def test_nobody_is_asked_for_a_mail_that_is_switched_off() -> None:
    books = BooksOf(policy=Policy(off=frozenset({"receipt"})))
    books.apply(decide(PAID, books))
    assert not books.observations


def test_what_was_read_at_stripe_sends_what_waited() -> None:
    books = told(PAID)
    (asked,) = books.observations.values()
    books.apply(decide(observed(asked, SOMEBODY), books))
    (mail,) = books.mails.values()
    assert (mail.template, mail.to) == ("receipt", SOMEBODY.object["email"])
    assert not books.read(Organization, PLATFORM, CUSTOMER).owed


@pytest.mark.parametrize("second", [30, 90], ids=["older", "newer"])
def test_what_was_read_at_stripe_never_beats_a_newer_event(second: int) -> None:
    books = told(PAID)
    (asked,) = books.observations.values()
    books.apply(decide(observed(asked, SOMEBODY), books))
    moved = sample("customer.updated", created=PAID.created + second, email="new@example.com")
    books.apply(decide(moved, books))
    newest = "new@example.com" if second > 60 else SOMEBODY.object["email"]
    assert books.read(Organization, PLATFORM, CUSTOMER).address == newest


def test_a_customer_whom_stripe_shows_as_deleted_is_told_nothing() -> None:
    books = told(PAID)
    (asked,) = books.observations.values()
    deleted = {"id": CUSTOMER, "object": "customer", "deleted": True}
    books.apply(decide(read_event(observation_message(asked, deleted, PAID.created + 60)), books))
    assert not books.mails
    assert books.read(Organization, PLATFORM, CUSTOMER).muted


def test_the_holder_of_an_account_is_asked_for_likewise() -> None:
    books = told(COMING)
    (asked,) = books.observations.values()
    assert asked == Observe(object="account", account=CONNECTED, id=CONNECTED, event=COMING.id)
    read = json.loads(
        observation_message(asked, {**HOLDER.object, "requirements": {}, "settings": WEEKLY}, COMING.created + 60)
    )
    books.apply(decide(read_event(json.dumps(read)), books))
    (mail,) = books.mails.values()
    assert (mail.template, mail.to) == ("payout_coming", HOLDER.object["email"])


def test_an_account_that_was_read_tells_its_holder_of_no_demand() -> None:
    books = told(COMING)
    (asked,) = books.observations.values()
    books.apply(
        decide(
            read_event(observation_message(asked, {**HOLDER.object, "settings": WEEKLY}, COMING.created + 60)), books
        )
    )
    assert {mail.template for mail in books.mails.values()} == {"payout_coming"}


def test_an_erasure_saves_nothing_of_whom_it_erases_though_a_mail_waited() -> None:
    books = told(PAID, sample("customer.deleted", created=PAID.created + DAY))
    organization = books.read(Organization, PLATFORM, CUSTOMER)
    receipt = next(iter(told(PAID).read(Organization, PLATFORM, CUSTOMER).owed.values()))
    books.records[organization.partition, organization.sort_key] = organization.with_owed_mail(receipt)
    asked = decide(fired(erasure_at(PAID.created + DAY, PLATFORM, CUSTOMER)), books).then[0]
    assert isinstance(asked, Observe)
    due = decide(answered(asked, "gone", PAID.created + DAY), books)
    assert [effect.kind for effect in due.then] == ["erase", "publish"]
    assert due.save == ()
