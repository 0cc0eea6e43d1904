"""charge.dispute.*: the money is held until a dispute is won, for good if it is lost; the operator gets two mails."""

from itertools import permutations

import pytest

from shared.effects.email import Email
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.samples import Stripe
from tests.support.stories import CUSTOMER, told

ORDERED = "pi_3UVAcqHv8KpR2wXn0xZCfQNV"


@pytest.fixture
def opened(stripe_sends: Stripe) -> Event:
    return stripe_sends("charge.dispute.created")


@pytest.fixture
def won(stripe_sends: Stripe) -> Event:
    return stripe_sends("charge.dispute.closed")


def test_a_dispute_before_anything_else_is_known_holds_the_money(opened: Event, account: str) -> None:
    payment = told(opened).read(Payment, account, ORDERED)
    assert (payment.held, payment.customer, payment.status) == (True, None, "unknown")


def test_the_operator_is_told_what_is_disputed_and_until_when_to_answer(opened: Event, account: str) -> None:
    (mail,) = told(opened, opened.model_copy(update={"id": "evt_twin"})).mails.values()
    assert mail == Email(
        template="dispute_opened",
        audience="operator",
        to=None,
        partition=f"{account}#{ORDERED}",
        key=f"dispute_opened:{opened.object['id']}:{opened.created}",
        expires=opened.created + 3 * DAY,
        data={
            "account": account,
            "livemode": True,
            "dispute": opened.object["id"],
            "amount": 6200,
            "currency": opened.object["currency"],
            "reason": opened.object["reason"],
            "status": "needs_response",
            "due_by": opened.object["evidence_details"]["due_by"],
            "customer": None,
        },
    )


def test_the_customer_is_known_once_the_payment_was_told_of(stripe_sends: Stripe, opened: Event) -> None:
    books = told(stripe_sends("payment_intent.succeeded.order"), opened)
    assert [mail.data["customer"] for mail in books.mails.values()] == [CUSTOMER]


@pytest.mark.parametrize("how", ["charge.dispute.closed", "charge.dispute.funds_reinstated"])
@pytest.mark.parametrize("status", ["won", "prevented", "warning_closed", "lost"])
def test_the_money_is_released_by_all_ends_but_a_loss_in_any_order(
    stripe_sends: Stripe, opened: Event, account: str, how: str, status: str
) -> None:
    end = stripe_sends(how, status=status)
    for order in permutations((opened, stripe_sends("charge.dispute.updated"), end)):
        assert told(*order).read(Payment, account, ORDERED).held is (status == "lost")


def test_an_inquiry_holds_nothing_and_is_told_all_the_same(stripe_sends: Stripe, account: str) -> None:
    inquiry = stripe_sends("charge.dispute.created.inquiry")
    books = told(inquiry)
    assert not books.read(Payment, account, inquiry.object["payment_intent"]).held
    assert [mail.template for mail in books.mails.values()] == ["dispute_opened"]


def test_only_the_opening_and_the_end_are_told(stripe_sends: Stripe, opened: Event, won: Event) -> None:
    between = (stripe_sends("charge.dispute.updated"), stripe_sends("charge.dispute.funds_reinstated"))
    books = told(opened, *between, won)
    assert [mail.template for mail in books.mails.values()] == ["dispute_opened", "dispute_closed"]


def test_an_opening_that_is_heard_after_the_end_is_not_told(opened: Event, won: Event) -> None:
    assert [mail.template for mail in told(won, opened).mails.values()] == ["dispute_closed"]


def test_access_stays_while_money_is_held(stripe_sends: Stripe, opened: Event, account: str) -> None:
    books = told(stripe_sends("customer.subscription.created"), stripe_sends("payment_intent.succeeded.order"), opened)
    assert books.read(Organization, account, CUSTOMER).access
    assert books.awaits_settlement(account, CUSTOMER)


def test_a_charge_without_a_payment_intent_is_a_payment_of_its_own(stripe_sends: Stripe, account: str) -> None:
    legacy = stripe_sends("charge.dispute.created", payment_intent=None)
    assert told(legacy).read(Payment, account, legacy.object["charge"]).held


def test_what_happened_to_the_money_is_announced(opened: Event, won: Event) -> None:
    names = [one.name for one in told(opened, won, opened).announcements.values()]
    assert names == ["payment.held", "payment.released"]
