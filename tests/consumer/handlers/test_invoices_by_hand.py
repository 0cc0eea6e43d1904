"""Invoices that a customer pays by hand are late only after the due date, and the reminder comes that day."""

import pytest

from functions.consumer.decide.decide import decide
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import Stripe, fired
from tests.support.stories import mails_once_due, told

OAKLINE = "cus_4Phm8o4vJZP7dD"


@pytest.fixture
def sent(stripe_sends: Stripe) -> Event:
    return stripe_sends("invoice.finalized.send_invoice")


def later(event: Event, type_: str, after: int, **changes: object) -> Event:
    """What became of the invoice of `event`, so many seconds later."""
    data = event.data.model_copy(update={"object": {**event.object, **changes}})
    update = {"id": f"{event.id}_{after}", "type": type_, "created": event.created + after, "data": data}
    return event.model_copy(update=update)


def mailed(books: BooksOf) -> list[str]:
    return [mail.template for mail in books.mails.values()]


def test_a_card_that_is_declined_on_its_page_makes_nothing_due(sent: Event, account: str) -> None:
    declined = later(sent, "invoice.payment_failed", 2 * DAY, attempted=True, attempt_count=1)
    for order in ((sent, declined), (declined, sent)):
        books = told(*order)
        assert mailed(books) == ["invoice_due"]
        assert not books.read(Organization, account, OAKLINE).past_due
        assert [(one.type, one.at) for one in books.reminders.values()] == [
            ("reminder.invoice_due", sent.object["due_date"])
        ]


def test_at_the_due_date_it_is_late_and_asked_for_once(sent: Event, account: str) -> None:
    books = told(sent)
    (mail,) = mails_once_due(books)
    assert (mail.template, mail.data["amount"], mail.data["due_date"]) == (
        "invoice_overdue",
        48000,
        sent.object["due_date"],
    )
    assert books.read(Organization, account, OAKLINE).past_due
    assert [one.name for one in books.announcements.values()] == ["organization.past_due"]
    assert mails_once_due(books) == []


def test_stripes_own_word_of_it_is_the_same_mail(sent: Event, account: str) -> None:
    overdue = later(sent, "invoice.overdue", sent.object["due_date"] - sent.created + 60)
    books = told(sent, overdue)
    assert mailed(books) == ["invoice_due", "invoice_overdue"]
    assert mails_once_due(books) == []
    assert books.read(Organization, account, OAKLINE).past_due


def test_an_automation_that_comes_days_before_the_due_date_makes_nothing_late(sent: Event, account: str) -> None:
    books = told(sent, later(sent, "invoice.overdue", DAY))
    assert mailed(books) == ["invoice_due"]
    assert not books.read(Organization, account, OAKLINE).past_due


@pytest.mark.parametrize("status", ["paid", "void", "uncollectible"])
def test_what_is_settled_by_then_is_not_late(sent: Event, account: str, status: str) -> None:
    for after in (DAY, 40 * DAY):
        settled = later(sent, "invoice.updated", after, status=status, amount_remaining=0)
        books = told(sent)
        (reminder,) = books.reminders.values()
        story = [settled, fired(reminder)] if after == DAY else [fired(reminder), settled]
        for event in story:
            books.apply(decide(event, books))
        organization = books.read(Organization, account, OAKLINE)
        assert (organization.past_due, dict(organization.overdue)) == (False, {})


def test_a_due_date_that_is_moved_is_kept_on_its_new_day(sent: Event, account: str) -> None:
    new = sent.object["due_date"] + 14 * DAY
    books = told(sent, later(sent, "invoice.updated", DAY, due_date=new))
    first, second = sorted(books.reminders.values(), key=lambda one: one.at)
    books.apply(decide(fired(first), books))
    assert not books.read(Organization, account, OAKLINE).past_due
    books.apply(decide(fired(second), books))
    assert books.read(Organization, account, OAKLINE).past_due
    assert [mail.data["due_date"] for mail in books.mails.values() if mail.template == "invoice_overdue"] == [new]


def test_an_overdue_date_that_is_moved_is_late_no_longer(sent: Event, account: str) -> None:
    books = told(sent)
    mails_once_due(books)
    moved = later(sent, "invoice.updated", 40 * DAY, due_date=sent.object["due_date"] + 60 * DAY)
    books.apply(decide(moved, books))
    assert not books.read(Organization, account, OAKLINE).past_due


def test_what_was_credited_is_not_asked_for(sent: Event, stripe_sends: Stripe) -> None:
    note = stripe_sends(
        "credit_note.created",
        customer=OAKLINE,
        invoice=sent.object["id"],
        pre_payment_amount=8000,
        created=sent.created + DAY,
    )
    (mail,) = mails_once_due(told(sent, note))
    assert mail.data["amount"] == 40000


def test_a_credit_note_that_is_void_or_of_a_paid_invoice_changes_nothing(
    sent: Event, stripe_sends: Stripe, account: str
) -> None:
    about = {"customer": OAKLINE, "invoice": sent.object["id"], "created": sent.created + DAY}
    void = stripe_sends("credit_note.created", status="void", **about)
    (mail,) = mails_once_due(told(sent, void))
    assert mail.data["amount"] == 48000
    paid = later(sent, "invoice.paid", 2 * DAY, status="paid", amount_remaining=0)
    another = later(sent, "invoice.paid", 3 * DAY, status="paid", id="in_another", created=sent.created + 3 * DAY)
    for order in ((sent, paid, another, void), (void, sent, paid, another)):
        assert not told(*order).read(Organization, account, OAKLINE).credits


def test_one_without_a_due_date_is_never_late(stripe_sends: Stripe) -> None:
    assert not told(stripe_sends("invoice.finalized.send_invoice", due_date=None)).reminders
    overdue = stripe_sends("invoice.overdue", due_date=None)
    assert not told(overdue).mails


def test_an_invoice_that_was_overpaid_is_told_the_operator(stripe_sends: Stripe) -> None:
    overpaid = stripe_sends("invoice.overpaid")
    told_so = [mail for mail in told(overpaid).mails.values() if mail.audience == "operator"]
    # Before basil an invoice did not tell how much.
    expected = [overpaid.object["amount_overpaid"]] if "amount_overpaid" in overpaid.object else []
    assert [mail.data["amount"] for mail in told_so] == expected
