"""invoice.finalized, .voided, .marked_uncollectible and .finalization_failed: which invoices await payment."""

import pytest

from shared.effects.email import Email
from shared.records.organization import Organization
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.samples import Stripe, signed_by
from tests.support.stories import CUSTOMER, RENEWAL, mails_once_due, told

OAKLINE = "cus_4Phm8o4vJZP7dD"


def test_an_invoice_to_be_paid_by_hand_is_announced_once(stripe_sends: Stripe, account: str) -> None:
    event = stripe_sends("invoice.finalized.send_invoice")
    (mail,) = told(event, event.model_copy(update={"id": "evt_twin"})).mails.values()
    assert mail == Email(
        template="invoice_due",
        to="office@example.com",
        partition=f"{account}#{OAKLINE}",
        key=f"invoice_due:{event.object['id']}",
        expires=event.created + 3 * DAY,
        data={
            "name": event.object["customer_name"],
            "amount": 48000,
            "currency": event.object["currency"],
            "number": event.object["number"],
            "due_date": event.object["due_date"],
            "url": event.object["hosted_invoice_url"],
            **signed_by(event),
        },
    )


def test_an_invoice_that_is_charged_by_itself_is_not_announced(stripe_sends: Stripe) -> None:
    assert not told(stripe_sends("invoice.finalized")).mails


def test_an_invoice_of_nothing_is_not_announced(stripe_sends: Stripe) -> None:
    assert not told(stripe_sends("invoice.finalized.send_invoice", amount_remaining=0)).mails


@pytest.mark.parametrize("closing", ["paid", "void", "uncollectible"])
def test_what_is_closed_by_now_is_not_announced(stripe_sends: Stripe, closing: str) -> None:
    finalized = stripe_sends("invoice.finalized.send_invoice")
    closed = stripe_sends("invoice.voided", status=closing, created=finalized.created + 1)
    assert "invoice_due" not in [mail.template for mail in told(closed, finalized).mails.values()]


@pytest.mark.parametrize("how", ["invoice.voided", "invoice.marked_uncollectible"])
def test_what_nobody_waits_for_any_more_is_not_past_due_and_its_reminder_is_silent(
    stripe_sends: Stripe, account: str, how: str
) -> None:
    failed = stripe_sends("invoice.payment_failed")
    status = "void" if how == "invoice.voided" else "uncollectible"
    closed = stripe_sends(how, id=RENEWAL, customer=CUSTOMER, status=status, created=failed.created + DAY)
    for order in ((failed, closed), (closed, failed)):
        books = told(*order)
        assert not books.read(Organization, account, CUSTOMER).past_due
        assert mails_once_due(books) == []


def test_the_operator_not_the_customer_hears_of_an_invoice_that_cannot_be_finalized(
    stripe_sends: Stripe, account: str
) -> None:
    event = stripe_sends("invoice.finalization_failed")
    (mail,) = told(event, event.model_copy(update={"id": "evt_twin", "created": event.created + 1})).mails.values()
    assert (mail.template, mail.audience, mail.to) == ("finalization_failed", "operator", None)
    assert mail.data == {
        "account": account,
        "livemode": True,
        "invoice": event.object["id"],
        "amount": 15000,
        "currency": event.object["currency"],
        "code": event.object["last_finalization_error"]["code"],
    }


def test_what_has_been_finalized_by_now_is_not_told_the_operator(stripe_sends: Stripe) -> None:
    failed = stripe_sends("invoice.finalization_failed")
    mended = stripe_sends("invoice.finalized", id=failed.object["id"], customer=OAKLINE, created=failed.created + 1)
    assert not told(mended, failed).mails


def test_the_address_on_an_invoice_is_kept_where_none_is_known(stripe_sends: Stripe, account: str) -> None:
    assert told(stripe_sends("invoice.voided")).read(Organization, account, OAKLINE).address == "office@example.com"
    assert told(stripe_sends("invoice.voided")).read(Organization, f"not {PLATFORM}", OAKLINE).address is None
