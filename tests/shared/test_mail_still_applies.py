"""A mail that waited for an address is sent only if the books still agree with it."""

import pytest

from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told

BEGUN = sample("customer.subscription.created")
TRIAL = sample("customer.subscription.created.trialing")
SCHEDULED = sample("customer.subscription.updated.cancel_scheduled")
FAILED = sample("invoice.payment_failed", customer_email=None)
SENT = sample("invoice.finalized.send_invoice", customer=CUSTOMER, customer_email=None)


def after(event: Event, name: str, **changes: object) -> Event:
    """What happened an instant later to the object of `event`."""
    return sample(name, id=event.object["id"], created=event.created + 1, customer=CUSTOMER, **changes)  # type: ignore[arg-type] # changes are of the object


@pytest.mark.parametrize(
    ("waiting", "overtaken_by", "mail"),
    [
        ((FAILED,), after(FAILED, "invoice.paid.recovered", customer_email=None), "payment_failed"),
        ((FAILED,), after(FAILED, "invoice.payment_failed", attempt_count=2, customer_email=None), "payment_failed:1"),
        ((SENT,), after(SENT, "invoice.voided", customer_email=None), "invoice_due"),
        ((BEGUN,), after(BEGUN, "customer.subscription.deleted"), "welcome"),
        ((BEGUN, SCHEDULED), after(SCHEDULED, "customer.subscription.updated.recovered"), "cancellation_scheduled"),
        ((TRIAL,), after(TRIAL, "customer.subscription.paused"), "welcome"),
    ],
    ids=["paid", "tried again", "voided", "ended", "withdrawn", "paused"],
)
def test_what_was_overtaken_while_it_waited_is_not_sent(
    waiting: tuple[Event, ...], overtaken_by: Event, mail: str
) -> None:
    template, _, attempt = mail.partition(":")

    def owed(*events: Event) -> list[str]:
        keys = told(*events).read(Organization, PLATFORM, CUSTOMER).owed
        return [key for key in keys if key.startswith(template) and (not attempt or f":{attempt}:" in key)]

    assert len(owed(*waiting)) == 1
    assert owed(*waiting, overtaken_by) == []
    sent = told(*waiting, overtaken_by, sample("customer.created")).mails
    assert [key for _, key in sent if key.startswith(template) and (not attempt or f":{attempt}:" in key)] == []


def test_a_refund_that_failed_while_its_mail_waited_is_not_told_as_one() -> None:
    refunded = sample("charge.refunded.subscription", amount_refunded=500, refunded=False)
    mails = told(refunded, sample("refund.failed"), sample("customer.created")).mails
    assert [mail.template for mail in mails.values()] == ["refund_failed"]


def test_a_refund_is_told_by_whichever_event_brings_the_address() -> None:
    refunded = sample("charge.refunded.subscription", amount_refunded=500, refunded=False)
    assert [mail.template for mail in told(refunded, sample("customer.created")).mails.values()] == ["refund"]


def test_a_payout_that_failed_while_its_holder_had_no_address_is_told_as_failed_only() -> None:
    coming, holder = sample("payout.created"), sample("account.updated")
    failed = after_payout(coming)
    mails = told(coming, failed, holder).mails
    assert [mail.template for mail in mails.values()].count("payout_coming") == 0
    assert "payout_failed" in [mail.template for mail in mails.values()]


def after_payout(coming: Event) -> Event:
    """The same payout, an instant later, failed."""
    return sample("payout.failed", id=coming.object["id"], created=coming.created + 1)
