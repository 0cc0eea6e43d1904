"""What each event costs in calls to AWS, counted on moto: a count never flakes, and each call is time and money.

Where a row changes, bench/REPORT.md is out of date: run `make bench`.
"""

import pytest

from bench.counting import playing, story
from bench.figures import mean_units
from bench.meter import Cost
from infra import samples

CALLS = [
    # event type, calls to DynamoDB, other calls
    ("customer.created", 4, "GetSecretValue"),
    ("customer.subscription.created", 4, "PutEvents SendEmail"),
    ("invoice.finalized", 3, ""),
    ("invoice.paid", 4, "SendEmail"),
    ("invoice.payment_succeeded", 5, ""),
    ("invoice_payment.paid", 3, ""),
    ("payment_intent.succeeded", 5, "PutEvents"),
    ("checkout.session.expired", 4, "PutEvents"),
    ("checkout.session.completed", 7, "PutEvents SendEmail"),
    ("charge.refunded", 5, "PutEvents SendEmail"),
    ("customer.subscription.trial_will_end", 4, "PutEvents"),
    ("invoice.voided", 4, "GetSecretValue"),
    ("charge.refund.updated", 3, ""),
    ("invoice.finalization_failed", 4, "SendEmail"),
    ("customer.subscription.paused", 4, "PutEvents"),
    ("checkout.session.async_payment_succeeded", 7, "PutEvents SendEmail"),
    ("customer.subscription.resumed", 4, "PutEvents"),
    ("charge.dispute.created", 4, "PutEvents SendEmail"),
    ("customer.subscription.pending_update_applied", 4, "PutEvents SendEmail"),
    ("checkout.session.async_payment_failed", 7, "PutEvents SendEmail"),
    ("refund.failed", 4, "SendEmail"),
    ("charge.dispute.updated", 3, ""),
    ("payout.created", 7, "GetSecretValue PutEvents"),
    ("account.updated", 9, "SendEmail SendEmail"),
    ("payout.paid", 4, "PutEvents"),
    ("customer.subscription.updated", 4, "PutEvents"),
    ("invoice.payment_failed", 4, "CreateSchedule SendEmail"),
    ("payment_intent.payment_failed", 6, "PutEvents"),
    ("customer.updated", 4, "PutEvents"),
    ("invoice.upcoming", 4, "SendEmail"),
    ("reminder.payment_failed", 4, "SendEmail"),
    ("payout.canceled", 4, "PutEvents"),
    ("payout.failed", 7, "PutEvents SendEmail"),
    ("account.application.deauthorized", 4, "CreateSchedule PutEvents"),
    ("invoice.payment_action_required", 4, "CreateSchedule PutEvents SendEmail"),
    ("charge.dispute.closed", 4, "PutEvents SendEmail"),
    ("charge.dispute.funds_reinstated", 3, ""),
    ("customer.subscription.deleted", 4, "CreateSchedule PutEvents"),
    ("invoice.marked_uncollectible", 4, "PutEvents"),
    ("farewell.due", 3, ""),
    ("customer.deleted", 4, "CreateSchedule PutEvents"),
    ("erasure.due", 21, "DeleteObject " * 6 + "GetSecretValue PutEvents"),
    ("reminder.payment_failed", 4, "SendEmail"),
    ("erasure.account_due", 7, "DeleteObject GetSecretValue"),
]
"""Claim, read, commit and finish, and one read more for each record that leads on, or that is not there yet."""


@pytest.fixture(scope="module")
def told() -> list[Cost]:
    with playing() as play:
        return list(story(play))


def test_every_event_of_the_story_takes_exactly_these_calls(told: list[Cost]) -> None:
    assert [(cost.type, cost.dynamodb, others(cost)) for cost in told] == CALLS


def test_an_event_is_claimed_and_committed_once_and_finished_only_if_it_owed_something(told: list[Cost]) -> None:
    for cost in told:
        assert cost.calls["dynamodb.PutItem"] == 1 + cost.type.startswith("erasure.")  # with its tombstone
        assert cost.calls["dynamodb.TransactWriteItems"] >= 1
        owed = others(cost).replace("GetSecretValue", "").strip()
        assert (cost.calls["dynamodb.UpdateItem"] == 0) == (not owed)


def test_a_repetition_and_an_event_that_nobody_handles_take_one_call() -> None:
    with playing() as play:
        paid = samples.sample("invoice.paid")
        play.handle(paid, paid["created"])
        again = play.handle(paid, paid["created"] + 60, "sent again")
        ignored = play.handle(paid | {"type": "price.created", "id": "evt_other"}, paid["created"] + 60)
    assert [(cost.state, dict(cost.calls)) for cost in (again, ignored)] == [
        ("duplicate", {"dynamodb.PutItem": 1}),
        ("ignored", {"dynamodb.PutItem": 1}),
    ]


def test_an_event_takes_no_more_write_units_than_the_report_says(told: list[Cost]) -> None:
    assert mean_units(told) <= 12


def others(cost: Cost) -> str:
    calls = sorted(call.partition(".")[2] for call in cost.calls.elements() if not call.startswith("dynamodb."))
    return " ".join(calls)
