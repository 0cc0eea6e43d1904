"""A mail that is sent long after its decision, even from a dead-letter queue, is still true."""

import pytest

from functions.consumer.decide.decide import decide
from functions.consumer.handlers.erasure_due import TOLD_AFTER
from shared.effects.email import Email
from shared.effects.remind import erasure_at
from shared.mails.may_go import why_not
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.records.stored_record import Record
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import CONNECTED, CUSTOMER, told

SOMEBODY = sample("customer.created")
PAID = sample("invoice.paid")
REFUNDED = sample("charge.refunded.subscription", amount_refunded=500, refunded=False)
DISPUTED = sample("charge.dispute.created")
COMING = sample("payout.created")
HOLDER = sample("account.updated", settings={"payouts": {"schedule": {"interval": "weekly"}}})
LEFT = sample("account.application.deauthorized", account=CONNECTED)
UNSENT = sample("invoice.finalization_failed")
FAILED = sample("invoice.payment_failed")


def after(event: Event, name: str, **changes: object) -> Event:
    """What happened an instant later to the object of `event`."""
    made = sample(name, id=event.object["id"], created=event.created + 1, **changes)  # type: ignore[arg-type] # changes are of the object
    return made.model_copy(update={"account": event.account})


INQUIRY = sample("charge.dispute.created.inquiry")
INQUIRED = INQUIRY.object["payment_intent"]
ESCALATED = after(INQUIRY, "charge.dispute.updated", status="needs_response", payment_intent=INQUIRED)
WARNED = sample("radar.early_fraud_warning.created")
REJECTED = sample("account.updated", requirements={"disabled_reason": "rejected.fraud"})
DAILY = sample("account.updated", requirements={"currently_due": []}, created=HOLDER.created + 1)
BEGUN = sample("customer.subscription.created")
SHOWN = BEGUN.object["items"]["data"]
FIRST_TEN = after(BEGUN, "customer.subscription.created", items={"data": SHOWN, "has_more": True})
OVERTAKEN = {
    "items_incomplete": ((FIRST_TEN,), after(FIRST_TEN, "customer.subscription.deleted")),
    "payment_failed": ((FAILED,), after(FAILED, "invoice.paid.recovered")),
    "receipt": ((SOMEBODY, PAID), after(SOMEBODY, "customer.deleted")),
    "refund": ((SOMEBODY, REFUNDED), sample("refund.failed")),
    "dispute_opened": ((DISPUTED,), after(DISPUTED, "charge.dispute.closed")),
    "dispute_escalated": ((INQUIRY, ESCALATED), after(ESCALATED, "charge.dispute.closed", payment_intent=INQUIRED)),
    "fraud_warning": ((WARNED,), DISPUTED),
    "payout_canceled": ((HOLDER, COMING, after(COMING, "payout.canceled", automatic=True)), DAILY),
    "account_rejected": ((REJECTED,), after(REJECTED, "account.updated", requirements={"disabled_reason": None})),
    "payout_coming": ((HOLDER, COMING), after(COMING, "payout.paid")),
    "account_requirements": ((HOLDER,), LEFT),
    "finalization_failed": ((UNSENT,), after(UNSENT, "invoice.finalized", customer=UNSENT.object["customer"])),
}


def test_what_had_to_be_answered_and_is_answered_by_now_is_not_reminded_of() -> None:
    books = told(DISPUTED)
    (reminder,) = books.reminders.values()
    books.apply(decide(fired(reminder), books))
    mail = waiting("dispute_due", books)
    assert why_not(mail, books) is None
    books.apply(decide(after(DISPUTED, "charge.dispute.updated", status="under_review"), books))
    assert why_not(mail, books) == "overtaken"


def waits_for_its_erasure() -> tuple[BooksOf, Email]:
    """A customer who left and owes something, in the week in which the operator is told."""
    books = told(BEGUN, FAILED, sample("customer.subscription.deleted"))
    at = books.read(Organization, PLATFORM, CUSTOMER).erasable_at(books.policy) or 0
    books.apply(decide(fired(erasure_at(at + TOLD_AFTER, PLATFORM, CUSTOMER)), books))
    return books, waiting("erasure_waits", books)


def test_an_erasure_that_waits_is_told_unless_the_customer_is_back_or_erased() -> None:
    books, mail = waits_for_its_erasure()
    assert why_not(mail, books) is None
    assert why_not(mail, BooksOf()) == "overtaken"
    again = sample("customer.subscription.created", id="sub_again", event_id="evt_again", created=BEGUN.created + 1)
    books.apply(decide(again, books))
    assert why_not(mail, books) == "overtaken"


def waiting(template: str, books: BooksOf) -> Email:
    (mail,) = [mail for mail in books.mails.values() if mail.template == template]
    return mail


@pytest.mark.parametrize("template", OVERTAKEN)
def test_a_mail_is_overtaken_by_what_makes_it_wrong_and_by_nothing_else(template: str) -> None:
    before, by = OVERTAKEN[template]
    books = told(*before)
    mail = waiting(template, books)
    assert why_not(mail, books) is None
    books.apply(decide(sample("customer.updated", id="cus_other", event_id="evt_other"), books))
    assert why_not(mail, books) is None
    books.apply(decide(by, books))
    assert why_not(mail, books) == "overtaken"


def test_what_an_account_must_hand_in_by_now_is_told_and_not_what_it_had_to() -> None:
    books = told(HOLDER)
    mail = waiting("account_requirements", books)
    books.apply(
        decide(after(HOLDER, "account.updated", requirements={"currently_due": ["tos_acceptance.date"]}), books)
    )
    assert why_not(mail, books) == "overtaken"


def test_what_happened_once_stays_true() -> None:
    books = told(SOMEBODY, PAID)
    receipt = waiting("receipt", books)
    books.apply(decide(sample("customer.subscription.deleted"), books))
    assert why_not(receipt, books) is None


def test_the_first_of_two_refunds_is_told_even_if_the_second_has_come() -> None:
    whole = after(REFUNDED, "charge.refunded.subscription", amount_refunded=2900)
    books = told(SOMEBODY, REFUNDED)
    mail = waiting("refund", books)
    books.apply(decide(whole, books))
    assert why_not(mail, books) is None


def test_a_mail_that_was_switched_off_meanwhile_is_not_sent() -> None:
    books = told(SOMEBODY, PAID)
    off = BooksOf(*books.records.values(), policy=Policy(plans=read_plans(), off=frozenset({"receipt"})))
    assert why_not(waiting("receipt", books), off) == "overtaken"


class StoredBooks(BooksOf):
    """Books that give an organization as it is stored, without its past."""

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        found = super().read(kind, *names)
        return found.with_past({}) if isinstance(found, Organization) else found


def test_an_invoice_mended_and_paid_is_no_longer_the_operators_to_mend() -> None:
    books = told(UNSENT)
    mail = waiting("finalization_failed", books)
    books.apply(decide(after(UNSENT, "invoice.paid", customer=UNSENT.object["customer"]), books))
    assert why_not(mail, StoredBooks(*books.records.values(), policy=books.policy)) == "overtaken"
