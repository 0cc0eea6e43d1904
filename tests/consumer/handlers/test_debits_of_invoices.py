"""A bank debit for an invoice takes days: the customer gets no demand until it fails."""

from itertools import permutations

import pytest

from shared.stripe_objects.event import Event, EventData
from shared.values.times import DAY
from tests.support.samples import Stripe
from tests.support.stories import mails_once_due, told


@pytest.fixture
def somebody(stripe_sends: Stripe) -> Event:
    return stripe_sends("customer.created")


@pytest.fixture
def failed(stripe_sends: Stripe) -> Event:
    return stripe_sends("invoice.payment_failed")


def of_invoice(event: Event, failed: Event, days: int) -> Event:
    """The intent of `event` pays the invoice that failed; as many days after that."""
    named = {"payment_details": {"order_reference": failed.object["id"]}, "invoice": failed.object["id"]}
    obj = {**event.object, **named, "id": "pi_debit", "customer": failed.object["customer"]}
    changes = {"id": f"{event.id}_{days}", "created": failed.created + days * DAY, "data": EventData(object=obj)}
    return event.model_copy(update=changes)


def test_a_customer_who_pays_by_debit_after_a_failure_is_not_reminded(
    stripe_sends: Stripe, somebody: Event, failed: Event
) -> None:
    debit = of_invoice(stripe_sends("payment_intent.processing"), failed, 1)
    for order in permutations((failed, debit)):
        books = told(somebody, *order)
        assert "payment_still_due" not in [mail.template for mail in mails_once_due(books)]


def test_one_whose_debit_was_under_way_before_the_failure_is_reminded(
    stripe_sends: Stripe, somebody: Event, failed: Event
) -> None:
    books = told(somebody, of_invoice(stripe_sends("payment_intent.processing"), failed, -6), failed)
    assert "payment_still_due" in [mail.template for mail in mails_once_due(books)]


def test_a_debit_that_fails_days_later_is_told_once_whatever_comes_first(
    stripe_sends: Stripe, somebody: Event, failed: Event
) -> None:
    debit = of_invoice(stripe_sends("payment_intent.processing"), failed, -6)
    returned = of_invoice(stripe_sends("payment_intent.payment_failed"), failed, 0)
    for order in permutations((debit, failed, returned)):
        templates = [mail.template for mail in told(somebody, *order).mails.values()]
        assert templates == ["payment_failed"]
