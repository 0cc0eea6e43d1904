"""A state that recurs is told twice: each story runs once more some weeks later.

A comment says why the key of each mail of payments, disputes and accounts cannot repeat. `NEW_EACH_TIME` names the
mails whose key has a date that is new each time.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.consumer.decide.decide import decide
from shared.mails.catalogue import MAILS, mails_to
from shared.mails.mail import Once
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import told

HOLDER = sample("account.updated", requirements={"currently_due": []})
INQUIRY = sample("charge.dispute.created.inquiry")
REFUNDED = sample("charge.refunded.full", previous={"amount_refunded": 0})
CHARGED: dict[str, Any] = {name: REFUNDED.object[name] for name in ("payment_intent",)} | {
    "charge": REFUNDED.object["id"]
}
DEBIT: dict[str, Any] = {"id": "pi_3UbD4rHv8KpR2wXn0kSpLe7q", "metadata": {"order_id": "o_1"}}


def dispute(status: str, days: int) -> Event:
    """The inquiry of the sample, some days later, in another status."""
    same = {name: INQUIRY.object[name] for name in ("id", "charge", "payment_intent", "evidence_details")}
    due = {"due_by": INQUIRY.created + (days + 5) * DAY}
    type_ = "charge.dispute.closed" if status in {"won", "lost", "warning_closed"} else "charge.dispute.updated"
    event = sample(type_, created=INQUIRY.created + days * DAY, **{**same, "evidence_details": due})
    return event.model_copy(
        update={"data": event.data.model_copy(update={"object": {**event.object, "status": status}})}
    )


def account(days: int, **requirements: object) -> Event:
    """The connected account, some days later, with other requirements."""
    return sample("account.updated", created=HOLDER.created + days * DAY, requirements=requirements)


DUE = ["individual.verification.document"]
RECURRING: Mapping[str, tuple[tuple[Event, ...], dict[str, int]]] = {
    # The time at which a total was reached is part of the key; two events within an hour are one change.
    "a refund fails and is repeated": (
        (
            sample("customer.created"),
            REFUNDED,
            sample("refund.failed", **CHARGED, amount=9300, created=REFUNDED.created + DAY),
        ),
        {"refund": 1},
    ),
    # The time at which more came to be due is part of the key.
    "a requirement returns": (
        (HOLDER, account(1, currently_due=DUE), account(2, currently_due=[])),
        {"account_requirements": 1},
    ),
    "an account is rejected and let in again": (
        (account(1, currently_due=[], disabled_reason="rejected.other"), account(2, currently_due=[])),
        {"account_rejected": 1},
    ),
    # The time at which the status changed is part of the key, never the status.
    "an inquiry is closed and escalates": (
        (dispute("warning_needs_response", 0), dispute("needs_response", 1), dispute("lost", 2)),
        {"dispute_opened": 1, "dispute_escalated": 1, "dispute_closed": 1},
    ),
    # The time of the failure is part of the key.
    "a debit fails, is tried again and fails": (
        (
            sample("customer.created"),
            sample("payment_intent.processing", **DEBIT),
            sample("payment_intent.payment_failed", **DEBIT, created=1794540803 + DAY),
        ),
        {"order_failed": 1},
    ),
}
NEW_EACH_TIME = {
    "refund_after_erasure": "the time at which the total was reached is part of the key",
    "dispute_due": "the date until when to answer is part of the key: a later one is another",
}
OF_OTHERS = {"finalization_failed", "invoice_overpaid", "summary"}
"""The mails of invoices and subscriptions, and the summary, whose keys their own tests look at."""


def again(events: tuple[Event, ...], days: int) -> tuple[Event, ...]:
    """The same events, made anew some days later."""
    return tuple(
        event.model_copy(update={"id": f"{event.id}_again", "created": event.created + days * DAY}) for event in events
    )


def counted(books: BooksOf) -> Counter[str]:
    return Counter(mail.template for mail in books.mails.values())


def lived(events: tuple[Event, ...]) -> BooksOf:
    books = BooksOf()
    books.policy = books.policy.model_copy(update={"order_key": "order_id"})
    for event in events:
        books.apply(decide(event, books))
    return books


@pytest.mark.parametrize("name", RECURRING)
@settings(max_examples=20, deadline=None)
@given(days=st.integers(10, 60), twins=st.booleans())
def test_a_story_that_is_told_twice_round_is_told_twice(name: str, days: int, *, twins: bool) -> None:
    events, expected = RECURRING[name]
    second = again(events, days)
    if twins:  # Stripe may make two events for one change
        events = tuple(one for event in events for one in (event, event.model_copy(update={"id": f"{event.id}_twin"})))
    once, twice = counted(lived(events)), counted(lived((*events, *second)))
    assert {template: once[template] for template in expected} == expected
    assert {template: twice[template] for template in expected} == {one: 2 * n for one, n in expected.items()}


@pytest.mark.parametrize("name", RECURRING)
def test_what_is_announced_of_it_is_announced_twice(name: str) -> None:
    events, _ = RECURRING[name]
    once = Counter(one.name for one in lived(events).announcements.values())
    twice = Counter(one.name for one in lived((*events, *again(events, 30))).announcements.values())
    recurring = {name for name in once if not name.startswith("organization.")}
    assert all(twice[name] == 2 * once[name] for name in recurring)


def test_the_reminder_about_a_dispute_is_sent_for_each_date() -> None:
    books = told(dispute("needs_response", 0), dispute("lost", 1), dispute("appeal_needs_response", 20))
    due = []
    for reminder in books.reminders.values():
        due += [effect for effect in decide(fired(reminder), books).then if effect.kind == "email"]
    assert len(books.reminders) == 2
    assert len(due) == 1, "the first date is over"


def test_every_mail_of_payments_disputes_and_accounts_is_looked_at_here() -> None:
    told_twice = {template for _, expected in RECURRING.values() for template in expected}
    changing = {name for name in mails_to("holder", "operator") if MAILS[name].key is not Once}
    assert told_twice | NEW_EACH_TIME.keys() | OF_OTHERS >= changing
    assert not told_twice & NEW_EACH_TIME.keys()


def test_two_payouts_that_fail_are_two_failures() -> None:
    failed = [sample("payout.failed", id=f"po_{number}", event_id=f"evt_{number}") for number in (1, 2)]
    assert counted(told(HOLDER, *failed))["payout_failed"] == 2
