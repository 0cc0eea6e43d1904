"""payment_intent.*, charge.refunded, refunds and invoice_payment.paid: one payment, with any event first."""

from itertools import permutations

import pytest

from functions.consumer.decide.decide import decide
from functions.consumer.handlers.payment_intent import handle
from shared.effects.email import Email
from shared.failures.errors import Permanent
from shared.policy.policy import Policy
from shared.records.payment import Payment
from shared.stripe_objects.event import Event, EventData
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import Stripe
from tests.support.stories import CUSTOMER, told

SUBSCRIBED = "pi_3USCcRHv8KpR2wXn1JdPIUzK"
ORDERED = "pi_3UVAcqHv8KpR2wXn0xZCfQNV"
BY_OTHERS = {"payment_details": None, "invoice": None}
"""Nothing on the payment itself that says what it is for."""


def told_with(policy: Policy, *events: Event) -> BooksOf:
    books = BooksOf(policy=policy)
    for event in events:
        books.apply(decide(event, books))
    return books


@pytest.mark.parametrize("first", ["payment_intent.succeeded", "invoice_payment.paid"])
def test_a_payment_of_an_invoice_is_known_as_one_whichever_event_says_so(
    stripe_sends: Stripe, account: str, first: str
) -> None:
    payment = told(stripe_sends(first)).read(Payment, account, SUBSCRIBED)
    assert (payment.purpose, payment.invoice) == ("invoice", "in_1USCcRHv8KpR2wXnwHcoNjYm")


def test_a_payment_that_nothing_explains_is_recorded(stripe_sends: Stripe, account: str) -> None:
    books = told(stripe_sends("payment_intent.succeeded", **BY_OTHERS))
    payment = books.read(Payment, account, SUBSCRIBED)
    assert (payment.purpose, payment.status, payment.customer) == ("unknown", "succeeded", CUSTOMER)
    assert not books.mails


def test_an_invoice_paid_outside_stripe_names_no_payment(stripe_sends: Stripe) -> None:
    records = told(stripe_sends("invoice_payment.paid", payment={"payment_intent": None})).records
    assert not [one for one in records.values() if isinstance(one, Payment)]


def test_what_was_received_is_announced_once_a_payment(stripe_sends: Stripe) -> None:
    event = stripe_sends("payment_intent.succeeded")
    (one,) = told(event, event.model_copy(update={"id": "evt_twin"})).announcements.values()
    assert (one.name, one.facts["amount_received"], one.facts["currency"]) == ("payment.succeeded", 2900, "usd")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["session first", "payment first"])
def test_a_session_and_the_businesss_own_key_agree_on_an_order_in_either_order(
    stripe_sends: Stripe, account: str, order: tuple[int, int]
) -> None:
    paid = stripe_sends("payment_intent.succeeded.order", metadata={"order_id": "order_1042"})
    events = (stripe_sends("checkout.session.completed"), paid)
    books = told_with(Policy(order_key="order_id"), *(events[index] for index in order))
    payment = books.read(Payment, account, ORDERED)
    assert (payment.purpose, payment.order) == ("order", "order_1042")
    assert payment.session == events[0].object["id"]


def test_the_owner_of_the_businesss_own_order_hears_that_a_delayed_payment_failed(stripe_sends: Stripe) -> None:
    # Changes are laid over the sample, whose error is a card's: a bank debit's has no decline code.
    known = stripe_sends("payment_intent.payment_failed", **BY_OTHERS, metadata={"order_id": "o_1"})
    error = {"code": "debit_not_authorized", "payment_method": {"type": "sepa_debit"}}
    failed = known.model_copy(update={"data": EventData(object={**known.object, "last_payment_error": error})})
    somebody, policy = stripe_sends("customer.created"), Policy(order_key="order_id", mail_connected=True)
    debit = stripe_sends("payment_intent.processing", id=failed.object["id"], created=failed.created - 3 * DAY)
    for order in ((debit, failed), (failed, debit)):
        (mail,) = told_with(policy, somebody, *order).mails.values()
        assert (mail.template, mail.to, mail.expires) == (
            "order_failed",
            "accounts@example.com",
            failed.created + 3 * DAY,
        )
    assert not told_with(policy, somebody, failed).mails, "nothing says that it was ever on its way"
    paid = failed.model_copy(
        update={
            "id": "evt_paid",
            "type": "payment_intent.succeeded",
            "created": failed.created + 1,
            "data": EventData(object={**failed.object, "status": "succeeded"}),
        }
    )
    assert not told_with(policy, somebody, debit, paid, failed).mails, "it was paid in the end"
    assert not told_with(Policy(mail_connected=True), somebody, debit, failed).mails, "nothing says it was an order"


def test_a_card_that_is_declined_at_the_checkout_is_seen_there_and_not_mailed(stripe_sends: Stripe) -> None:
    declined = stripe_sends("payment_intent.payment_failed", **BY_OTHERS, metadata={"order_id": "o_1"})
    assert not told_with(
        Policy(order_key="order_id", mail_connected=True), stripe_sends("customer.created"), declined
    ).mails


def test_a_refund_tells_what_went_back_this_time_and_in_all(stripe_sends: Stripe, account: str) -> None:
    part, whole = stripe_sends("charge.refunded"), stripe_sends("charge.refunded.full")
    books = told(stripe_sends("customer.created"), part, whole, whole.model_copy(update={"id": "evt_twin"}))
    first, second = books.mails.values()
    assert first == Email(
        template="refund",
        to="accounts@example.com",
        partition=f"{account}#{CUSTOMER}",
        key=f"refund:{part.object['payment_intent']}:3100:0:{part.created}",
        expires=part.created + 3 * DAY,
        data={
            "name": "Fernhill Studio",
            "amount": 3100,
            "total": 3100,
            "currency": part.object["currency"],
            "paid": 9300,
            "whole": False,
            "method": "card",
            "url": part.object["receipt_url"],
        },
    )
    assert (second.data["amount"], second.data["total"], second.data["whole"]) == (6200, 9300, True)
    assert books.read(Payment, account, ORDERED).refunded == 9300


def test_a_refund_of_nothing_is_not_told(stripe_sends: Stripe) -> None:
    nothing = stripe_sends("charge.refunded", amount_refunded=0, previous={"amount_refunded": 0})
    assert not told(stripe_sends("customer.created"), nothing).mails


def test_a_refund_that_is_known_to_have_failed_is_not_told_as_one(stripe_sends: Stripe) -> None:
    refunded = stripe_sends("charge.refunded.subscription", amount_refunded=500)
    somebody, failed = stripe_sends("customer.created"), stripe_sends("refund.failed")
    assert [mail.template for mail in told(somebody, failed, refunded).mails.values()] == ["refund_failed"]


def test_a_refund_that_failed_is_undone_and_told_the_operator_once_in_any_order(
    stripe_sends: Stripe, account: str
) -> None:
    refunded, failed = stripe_sends("charge.refunded.subscription"), stripe_sends("refund.failed")
    twin = failed.model_copy(update={"id": "evt_twin", "type": "charge.refund.updated"})
    for order in permutations((refunded, failed, twin)):
        books = told(*order)
        assert books.read(Payment, account, SUBSCRIBED).refunded == 2900 - 500
        (mail,) = books.mails.values()
        assert (mail.template, mail.audience) == ("refund_failed", "operator")
        assert mail.data["amount"] == 500


def test_a_refund_that_is_only_updated_tells_nobody(stripe_sends: Stripe, account: str) -> None:
    books = told(stripe_sends("charge.refund.updated"))
    assert books.read(Payment, account, ORDERED).refunded == 3100
    assert not books.mails


def test_a_guests_refund_is_recorded_without_a_mail(stripe_sends: Stripe, account: str) -> None:
    books = told(stripe_sends("charge.refunded", customer=None))
    assert books.read(Payment, account, ORDERED).refunded == 3100
    assert not books.mails


def test_an_undocumented_payment_is_refused_by_the_name_of_its_field_alone(stripe_sends: Stripe) -> None:
    with pytest.raises(Permanent) as refused:
        handle(stripe_sends("payment_intent.succeeded", amount="4242 dollars"), BooksOf())
    assert refused.value.where == "amount"
    assert "4242" not in str(refused.value)
