"""Rules for every decision: mails that are switched off, mails that wait for an address, and announcements."""

import pytest

from functions.consumer.decide.decide import decide
from functions.consumer.decide.refuse import NOTHING_KEPT
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.mails.catalogue import MAILS
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.records.stored_record import Record
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CONNECTED, CUSTOMER, ROUTED, told

PAID = sample("invoice.paid")
NAMELESS = sample("invoice.paid", customer_email=None)
SOMEBODY = sample("customer.created", created=PAID.created + 1)
PERSONAL = ("accounts@example.com", "studio@example.com", "Fernhill Studio")


def mailed(policy: Policy, *events: Event) -> list[str]:
    books = BooksOf(policy=policy)
    for event in events:
        books.apply(decide(event, books))
    return [mail.template for mail in books.mails.values()]


@pytest.mark.parametrize("account", [PLATFORM, CONNECTED])
def test_a_mail_that_is_switched_off_is_not_sent(account: str) -> None:
    paid = PAID.model_copy(update={"account": account})
    assert mailed(Policy(mail_connected=True), paid) == ["receipt"]
    assert mailed(Policy(mail_connected=True, off=frozenset({"receipt"})), paid) == []


def test_every_mail_can_be_switched_off() -> None:
    everything = frozenset(MAILS)
    assert mailed(Policy(mail_connected=True, off=everything), *ROUTED) == []


def test_a_mail_that_is_switched_off_does_not_wait_for_an_address_either() -> None:
    off = Policy(off=frozenset({"receipt"}))
    assert mailed(off, NAMELESS, SOMEBODY) == []


def test_customers_of_a_connected_account_get_no_mail_unless_the_business_says_so() -> None:
    theirs = PAID.model_copy(update={"account": CONNECTED})
    assert mailed(Policy(), theirs) == []
    assert mailed(Policy(mail_connected=True), theirs) == ["receipt"]
    assert mailed(Policy(), PAID) == ["receipt"]


def test_an_invoices_own_account_name_signs_the_mail_of_an_account_of_unknown_name() -> None:
    books = BooksOf(policy=Policy(mail_connected=True))
    theirs = sample("invoice.paid", account=CONNECTED)
    assert theirs.object["account_name"] == "Saltmarsh Software"
    books.apply(decide(theirs, books))
    assert [mail.data.get("business") for mail in books.mails.values()] == ["Saltmarsh Software"]


def test_a_mail_that_waits_for_an_address_keeps_the_name_of_its_invoice() -> None:
    nameless = NAMELESS.model_copy(update={"account": CONNECTED})
    somebody = SOMEBODY.model_copy(update={"account": CONNECTED})
    books = BooksOf(policy=Policy(mail_connected=True))
    for event in (nameless, somebody):
        books.apply(decide(event, books))
    assert [mail.data["business"] for mail in books.mails.values()] == ["Saltmarsh Software"]


def test_the_platform_signs_the_mail_to_its_own_customer() -> None:
    books = BooksOf(policy=Policy(mail_connected=True))
    books.apply(decide(PAID, books))
    assert [mail.data.get("business") for mail in books.mails.values()] == [None]


def test_holders_of_connected_accounts_and_the_operator_get_theirs_by_default() -> None:
    assert mailed(Policy(), sample("account.updated"), sample("payout.failed")) == [
        "account_requirements",
        "payout_failed",
    ]
    assert mailed(Policy(), sample("charge.dispute.created")) == ["dispute_opened"]


@pytest.mark.parametrize("name", ["charge.dispute.created", "refund.failed", "invoice.finalization_failed"])
def test_what_a_connected_account_has_to_mend_is_told_the_operator_only_if_asked_for(name: str) -> None:
    assert mailed(Policy(), sample(name, account=CONNECTED)) == []
    assert len(mailed(Policy(tell_connected=True), sample(name, account=CONNECTED))) == 1


def test_that_an_account_was_rejected_is_the_platforms_business() -> None:
    rejected = sample("account.updated", requirements={"disabled_reason": "rejected.terms_of_service"})
    assert mailed(Policy(), rejected) == ["account_rejected"]


def test_a_mail_without_an_address_is_kept_and_sent_by_whichever_event_brings_one() -> None:
    owed = told(NAMELESS)
    assert not owed.mails
    assert list(owed.read(Organization, PLATFORM, CUSTOMER).owed) == [f"receipt:{PAID.object['id']}"]
    for bringer in (
        SOMEBODY,
        sample("checkout.session.completed.subscription"),
        sample("invoice.payment_failed", created=PAID.created + 1, billing_reason="subscription_create"),
    ):
        books = told(NAMELESS, bringer)
        (mail,) = books.mails.values()
        assert (mail.template, mail.to) == ("receipt", "accounts@example.com")
        assert mail.data["name"] == "Fernhill Studio"
        assert not books.read(Organization, PLATFORM, CUSTOMER).owed


def test_a_mail_that_waited_too_long_is_not_sent() -> None:
    late = sample("customer.created", created=PAID.created + 3 * DAY)
    books = told(NAMELESS, late)
    assert not books.mails
    assert not books.read(Organization, PLATFORM, CUSTOMER).owed


def test_what_is_kept_for_an_address_that_never_comes_does_not_grow_for_ever() -> None:
    months = [
        sample(
            "invoice.paid",
            id=f"in_{month}",
            event_id=f"evt_{month}",
            created=PAID.created + month * 30 * DAY,
            customer_email=None,
        )
        for month in range(5)
    ]
    assert list(told(*months).read(Organization, PLATFORM, CUSTOMER).owed) == ["receipt:in_4"]


def test_a_mail_that_waited_and_has_become_wrong_is_not_sent() -> None:
    failed = sample("invoice.payment_failed", customer_email=None)
    paid = sample("invoice.paid.recovered", created=failed.created + 1, customer_email=None)
    assert [
        mail.template
        for mail in told(failed, paid, SOMEBODY.model_copy(update={"created": paid.created})).mails.values()
    ] == ["receipt"]


def test_a_mail_to_somebody_who_was_deleted_is_neither_sent_nor_kept() -> None:
    books = told(NAMELESS, sample("customer.deleted"))
    assert not books.mails
    assert not books.read(Organization, PLATFORM, CUSTOMER).owed
    assert not told(sample("customer.deleted"), PAID).mails


def test_a_mail_that_waited_is_not_sent_once_its_account_has_left() -> None:
    owed, somebody = (event.model_copy(update={"account": CONNECTED}) for event in (NAMELESS, SOMEBODY))
    left = sample("account.application.deauthorized", account=CONNECTED)
    assert len(told(owed, somebody).mails) == 1
    assert not told(owed, left, somebody).mails


def test_no_decision_claims_one_mail_twice_since_one_transaction_cannot() -> None:
    decision = decide(sample("invoice.payment_succeeded"), told(NAMELESS))
    keys = [effect.key for effect in decision.then if isinstance(effect, Email)]
    assert keys == [f"receipt:{PAID.object['id']}"]


@pytest.mark.parametrize("event", ROUTED, ids=lambda event: event.id)
def test_what_is_announced_names_its_event_and_its_record_and_nothing_personal(event: Event) -> None:
    books = told()
    books.apply(decide(event, books))
    for one in books.announcements.values():
        assert one.id == f"{event.id}:{one.name}"
        assert (one.account, one.at) == (event.account, event.created)
        place = next(place for place in books.records if "/".join(place) == one.record)
        assert one.version == books.records[place].version == 1
        assert not any(personal in one.model_dump_json() for personal in PERSONAL)


def test_two_events_for_one_change_announce_it_once() -> None:
    failed = sample("invoice.payment_failed")
    books = told(failed)
    assert [one.name for one in books.announcements.values()] == ["organization.past_due"]
    twin = failed.model_copy(update={"id": "evt_twin"})
    assert not [effect for effect in decide(twin, books).then if isinstance(effect, Announcement)]


def of_an_erased_customer(*kept: Event) -> BooksOf:
    """Books after the tombstone, when the record is gone and the deletion of the rest has not come to it yet."""
    books = told(*kept)
    erased = Organization(account=PLATFORM, subject=CUSTOMER, erased_at=PAID.created + 40 * DAY, versions_before=3)
    books.records[erased.partition, erased.sort_key] = erased
    return books


LINK = sample("invoice_payment.paid")
SUCCEEDED = sample("payment_intent.succeeded")


@pytest.mark.parametrize(
    "late",
    [SUCCEEDED, sample("charge.refunded.subscription"), sample("invoice.upcoming", customer=CUSTOMER, amount_due=0)],
    ids=lambda event: str(event.type),
)
def test_late_news_of_an_erased_customer_is_refused_while_a_payment_is_still_kept(late: Event) -> None:
    books = of_an_erased_customer(LINK, SUCCEEDED)
    again = late.model_copy(update={"id": "evt_again"})
    assert decide(again, books) == NOTHING_KEPT


def test_one_decision_reads_an_organization_once() -> None:
    books = told(SUCCEEDED)
    asked = []
    read = books.read

    def noting[Found: Record](kind: type[Found], *names: str) -> Found:
        if kind is Organization:
            asked.append(names[1])
        return read(kind, *names)

    books.read = noting  # type: ignore[method-assign] # to note what is asked
    decide(sample("charge.refunded.subscription"), books)
    assert asked == [CUSTOMER]
