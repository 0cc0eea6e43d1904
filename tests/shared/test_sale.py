"""Each announcement of a sale names the other parts of the sale, with the business's own metadata."""

from typing import Any

import pytest

from shared.effects.announcement import Announcement
from shared.stripe_objects.event import Event
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, SUBSCRIPTION, told

ORDERED = sample("checkout.session.completed", client_reference_id="order_1042")
SESSION, PAYMENT = ORDERED.object["id"], ORDERED.object["payment_intent"]
SOMEBODY = sample("customer.created", metadata={"tier": "gold"})
BEGUN = sample("customer.subscription.created", metadata={"seat": "a"})
INVOICE = "in_1USCcRHv8KpR2wXnwHcoNjYm"
PAID = (sample("invoice_payment.paid"), sample("invoice.paid"))


def last(*events: Event) -> Announcement:
    return list(told(*events).announcements.values())[-1]


@pytest.mark.parametrize(
    "event",
    [
        sample("payment_intent.succeeded.order"),
        sample("charge.refunded"),
        sample("charge.refunded", customer=None),
        sample("charge.dispute.created"),
        sample("radar.early_fraud_warning.created"),
    ],
    ids=lambda event: event.type,
)
def test_each_part_of_an_order_names_its_session_payment_and_business_reference(event: Event) -> None:
    told_of = last(SOMEBODY, ORDERED, event)
    assert (told_of.facts["session"], told_of.facts["payment"]) == (SESSION, PAYMENT)
    assert (told_of.reference, told_of.customer) == ("order_1042", CUSTOMER)
    assert (told_of.customer_metadata or {})["tier"] == "gold"


def test_an_order_names_its_payment_and_its_invoice() -> None:
    with_invoice = sample("checkout.session.completed", invoice="in_1", client_reference_id="order_1042")
    fulfilled = last(SOMEBODY, with_invoice)
    assert (fulfilled.name, fulfilled.facts["session"], fulfilled.facts["payment"]) == (
        "order.fulfilled",
        SESSION,
        PAYMENT,
    )
    assert (fulfilled.facts["invoice"], fulfilled.reference) == ("in_1", "order_1042")


def test_a_payment_of_an_invoice_names_its_subscription_with_its_metadata() -> None:
    refunded = last(SOMEBODY, BEGUN, *PAID, sample("charge.refunded.subscription"))
    assert (refunded.name, refunded.facts["invoice"]) == ("payment.refunded", INVOICE)
    assert (refunded.facts["subscription"], (refunded.subscription_metadata or {})["seat"]) == (SUBSCRIPTION, "a")
    assert (refunded.customer_metadata or {})["tier"] == "gold"


def test_a_refund_after_the_end_still_carries_what_was_put_on_the_subscription() -> None:
    ended = sample("customer.subscription.deleted", metadata={"seat": "a"})
    refunded = last(SOMEBODY, BEGUN, ended, *PAID, sample("charge.refunded.subscription"))
    assert (refunded.facts["subscription"], (refunded.subscription_metadata or {})["seat"]) == (SUBSCRIPTION, "a")


def test_a_change_for_a_customer_names_its_invoice_and_its_subscription() -> None:
    failed = sample("invoice.payment_failed")
    owed = last(SOMEBODY, BEGUN, failed)
    assert (owed.name, owed.facts["invoice"]) == ("organization.past_due", failed.object["id"])
    assert (owed.facts["subscription"], (owed.subscription_metadata or {})["seat"]) == (SUBSCRIPTION, "a")


def test_the_businesss_own_reference_of_a_subscriber_is_on_its_payments() -> None:
    subscribed = sample("checkout.session.completed.subscription", client_reference_id="org_fernhill")
    refunded = last(SOMEBODY, subscribed, BEGUN, *PAID, sample("charge.refunded.subscription"))
    assert refunded.reference == "org_fernhill"


def test_the_currency_that_a_customer_paid_in_is_beside_what_is_settled() -> None:
    euros: dict[str, Any] = {"presentment_details": {"presentment_amount": 8650, "presentment_currency": "eur"}}
    for event in (sample("checkout.session.completed", **euros), sample("payment_intent.succeeded.order", **euros)):
        facts = last(event).facts
        assert (facts["presentment_amount"], facts["presentment_currency"]) == (8650, "eur")
        assert facts["currency"] == "usd"


def test_what_nobody_has_told_is_left_out() -> None:
    alone = last(sample("charge.refunded", customer=None))
    assert not {"session", "order", "invoice", "subscription"} & alone.facts.keys()
    assert (alone.reference, alone.customer_metadata, alone.subscription_metadata) == (None, None, None)
