"""A mail's key names the change that it tells of: a change that happens twice is told twice.

The catalogue says which mails have a key with a change in it. Each of them has a story here, or a reason why not.
"""

from collections.abc import Mapping, Sequence

import pytest

from shared.mails.catalogue import MAILS, mails_to
from shared.mails.mail import Once
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.stripe_objects.event import Event
from shared.values.times import DAY
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, mails_once_due, told

SUBSCRIBED = sample("customer.subscription.created")
BIGGER = sample("customer.subscription.updated.plan_change")
CANCELLING = sample("customer.subscription.updated.cancel_scheduled")
FAILED = sample("invoice.payment_failed")
POLICY = Policy(plans=read_plans(), mail_connected=True)

ROUNDS: Mapping[str, Sequence[Event]] = {
    "plan_changed": (SUBSCRIBED, BIGGER),
    "cancellation_scheduled": (SUBSCRIBED, CANCELLING),
    "cancellation_withdrawn": (CANCELLING, SUBSCRIBED),
    "subscription_on_hold": (SUBSCRIBED, sample("customer.subscription.updated", status="unpaid")),
    "payment_failed": (FAILED,),
    "payment_confirm": (sample("invoice.payment_action_required"),),
    "payment_still_due": (FAILED,),
    "invoice_upcoming": (sample("invoice.upcoming"),),
    "finalization_failed": (sample("invoice.finalization_failed"),),
}
"""What leads to a mail and may come again, about the very same object: told twice round, the mail is sent twice."""
ONCE = {
    "access_ended": "the days of grace of one late invoice end once",
    "trial_ending": "one end of a trial comes once",
    "invoice_overdue": "a due date passes once; another date has another key",
    "invoice_overpaid": "an invoice is paid once; another amount has another key",
}
"""Changes that cannot come again under the same key, and why."""
ELSEWHERE = {
    "account_rejected",
    "dispute_closed",
    "dispute_due",
    "dispute_escalated",
    "dispute_opened",
    "order_failed",
    "refund",
    "refund_after_erasure",
    "summary",
}
"""Mails about payments and accounts: test_twice_round.py looks at them. The summary: test_collected_mails.py does."""


def again(event: Event, rounds: int) -> Event:
    """The same, some weeks later; dates on the object that lie ahead move with it."""
    shift = rounds * 28 * DAY
    ahead = {name: event.object[name] + shift for name in ("next_payment_attempt",) if event.object.get(name)}
    obj = {**event.object, **ahead}
    if obj["object"] == "subscription":
        obj["customer"] = CUSTOMER
    data = event.data.model_copy(update={"object": obj, "previous_attributes": None})
    return event.model_copy(
        update={"id": f"{event.id}_{rounds}", "created": SUBSCRIBED.created + shift + event.created % DAY, "data": data}
    )


def times_told(template: str, rounds: int) -> int:
    story = [
        again(event, number * len(ROUNDS[template]) + place)
        for number in range(rounds)
        for place, event in enumerate(ROUNDS[template])
    ]
    sent = 0
    known: list[Event] = [sample("customer.created")]
    for event in story:  # what comes due between two events does so before the next
        before = told(*known, policy=POLICY)
        books = told(*known, event, policy=POLICY)
        new = [mail for place, mail in books.mails.items() if place not in before.mails]
        sent += [mail.template for mail in (*new, *mails_once_due(books))].count(template)
        known.append(event)
    return sent


@pytest.mark.parametrize("template", ROUNDS)
def test_what_happens_twice_is_told_twice(template: str) -> None:
    once, twice, thrice = (times_told(template, rounds) for rounds in (1, 2, 3))
    # A round ends where the next one begins, so the way back is told from the second on.
    assert thrice - twice == twice - once >= 1


def test_every_change_in_a_key_is_told_twice_or_cannot_happen_twice() -> None:
    changing = {name for name in mails_to("customer", "operator") if MAILS[name].key is not Once}
    assert {*ROUNDS, *ONCE} == changing - ELSEWHERE
    assert not ROUNDS.keys() & ONCE.keys()
