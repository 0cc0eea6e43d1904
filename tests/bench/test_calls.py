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
    ("customer.created", 3, "GetSecretValue"),
    ("customer.subscription.created", 3, "PutEvents SendEmail"),
    ("invoice.finalized", 2, ""),
    ("invoice.paid", 3, "SendEmail"),
    ("invoice.payment_succeeded", 3, ""),
    ("invoice_payment.paid", 2, ""),
    ("payment_intent.succeeded", 3, "PutEvents"),
    ("entitlements.active_entitlement_summary.updated", 2, ""),
    ("checkout.session.expired", 3, "PutEvents"),
    ("checkout.session.completed", 3, "PutEvents SendEmail"),
    ("charge.refunded", 3, "PutEvents SendEmail"),
    ("customer.subscription.trial_will_end", 3, "PutEvents SendEmail"),
    ("invoice.voided", 3, "GetSecretValue"),
    ("charge.refund.updated", 2, ""),
    ("invoice.finalization_failed", 3, "SendEmail"),
    ("customer.subscription.paused", 3, "PutEvents SendEmail"),
    ("checkout.session.async_payment_succeeded", 3, "PutEvents SendEmail"),
    ("customer.subscription.resumed", 3, "PutEvents"),
    ("charge.dispute.created", 3, "PutEvents SendEmail"),
    ("customer.subscription.pending_update_expired", 2, ""),
    ("customer.subscription.pending_update_applied", 3, "PutEvents"),
    ("checkout.session.async_payment_failed", 3, "PutEvents SendEmail"),
    ("refund.failed", 3, "SendEmail"),
    ("charge.dispute.updated", 2, ""),
    ("credit_note.created", 3, "GetSecretValue"),
    ("invoice.updated", 3, "PutEvents"),
    ("payout.created", 3, "GetSecretValue PutEvents"),
    ("account.updated", 5, "SendEmail SendEmail"),
    ("payout.paid", 3, "PutEvents"),
    ("customer.subscription.updated", 3, "PutEvents"),
    ("invoice.payment_failed", 3, "CreateSchedule SendEmail"),
    ("payment_intent.payment_failed", 3, "PutEvents"),
    ("customer.updated", 3, "PutEvents"),
    ("invoice.upcoming", 3, "SendEmail"),
    ("reminder.payment_failed", 3, "SendEmail"),
    ("payout.canceled", 3, "PutEvents"),
    ("payout.failed", 3, "PutEvents SendEmail"),
    ("account.application.deauthorized", 3, "CreateSchedule PutEvents"),
    ("invoice.payment_action_required", 3, "CreateSchedule PutEvents SendEmail"),
    ("charge.dispute.closed", 3, "PutEvents SendEmail"),
    ("charge.dispute.funds_reinstated", 2, ""),
    ("invoice.overdue", 3, "SendEmail"),
    ("customer.subscription.deleted", 3, "CreateSchedule PutEvents"),
    ("invoice.marked_uncollectible", 2, ""),
    ("farewell.due", 2, ""),
    ("customer.deleted", 3, "CreateSchedule PutEvents"),
    ("erasure.due", 21, "DeleteObject " * 6 + "GetSecretValue PutEvents"),
    ("reminder.payment_failed", 3, "SendEmail"),
    ("invoice.overpaid", 3, "SendEmail"),
    ("erasure.account_due", 6, "DeleteObject GetSecretValue"),
]
"""Look, commit and finish; and whether the customer was erased before, if nobody has heard of it yet."""


@pytest.fixture(scope="module")
def told() -> list[Cost]:
    with playing() as play:
        return list(story(play))


def test_every_event_of_the_story_takes_exactly_these_calls(told: list[Cost]) -> None:
    assert [(cost.type, cost.dynamodb, others(cost)) for cost in told] == CALLS


def test_an_event_is_looked_up_and_committed_once_and_finished_only_if_it_owed_something(told: list[Cost]) -> None:
    for cost in told:
        assert cost.calls["dynamodb.BatchGetItem"] == 1
        assert cost.calls["dynamodb.PutItem"] == cost.type.startswith("erasure.")  # its tombstone
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
        ("duplicate", {"dynamodb.BatchGetItem": 1}),
        ("ignored", {"dynamodb.PutItem": 1}),
    ]


def test_an_event_takes_no_more_write_units_than_the_report_says(told: list[Cost]) -> None:
    assert mean_units(told) <= 12


def others(cost: Cost) -> str:
    calls = sorted(call.partition(".")[2] for call in cost.calls.elements() if not call.startswith("dynamodb."))
    return " ".join(calls)
