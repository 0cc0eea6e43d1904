"""What each event costs in calls to AWS, counted on moto: a count never flakes, and each call is time and money.

Where a row changes, bench/REPORT.md is out of date: run `make bench`.
"""

import pytest

from bench.counting import STORY, Handled, metered_system, story
from bench.figures import mean_units
from cli.samples import samples

CALLS = [
    # event type, calls to DynamoDB in the line, those of the effects worker, other calls but those for keys
    ("customer.created", 3, 0, ""),
    ("customer.subscription.created", 2, 7, "PutEvents SendEmail SendMessage SendMessage"),
    ("invoice.finalized", 2, 0, ""),
    ("invoice.paid", 2, 4, "SendEmail SendMessage"),
    ("invoice.payment_succeeded", 3, 0, ""),
    ("invoice_payment.paid", 2, 0, ""),
    ("payment_intent.succeeded", 2, 3, "PutEvents SendMessage"),
    ("entitlements.active_entitlement_summary.updated", 2, 0, ""),
    ("checkout.session.expired", 2, 2, "CreateSchedule PutEvents SendMessage"),
    ("checkout.session.completed", 2, 7, "PutEvents SendEmail SendMessage SendMessage"),
    ("charge.refunded", 3, 8, "PutEvents SendEmail SendMessage SendMessage"),
    ("refund.created", 3, 0, ""),
    ("customer.subscription.trial_will_end", 2, 7, "PutEvents SendEmail SendMessage SendMessage"),
    ("invoice.voided", 3, 0, ""),
    ("charge.refund.updated", 3, 0, ""),
    ("refund.updated", 3, 0, ""),
    ("invoice.finalization_failed", 3, 5, "SendEmail SendMessage"),
    ("customer.subscription.paused", 2, 7, "PutEvents SendEmail SendMessage SendMessage"),
    ("checkout.session.async_payment_succeeded", 2, 7, "PutEvents SendEmail SendMessage SendMessage"),
    ("radar.early_fraud_warning.created", 3, 7, "PutEvents SendEmail SendMessage SendMessage"),
    ("customer.subscription.resumed", 2, 3, "PutEvents SendMessage"),
    ("charge.dispute.created", 3, 7, "CreateSchedule PutEvents SendEmail SendMessage SendMessage"),
    ("charge.dispute.funds_withdrawn", 3, 0, ""),
    ("customer.subscription.pending_update_expired", 2, 0, ""),
    ("payment_intent.amount_capturable_updated", 2, 3, "PutEvents SendMessage"),
    ("payment_intent.canceled", 2, 3, "PutEvents SendMessage"),
    ("charge.expired", 2, 0, ""),
    ("customer.subscription.pending_update_applied", 2, 3, "PutEvents SendMessage"),
    ("checkout.session.async_payment_failed", 2, 7, "PutEvents SendEmail SendMessage SendMessage"),
    ("charge.captured", 2, 0, ""),
    ("payment_intent.processing", 2, 3, "PutEvents SendMessage"),
    ("refund.failed", 2, 3, "SendEmail SendMessage"),
    ("charge.dispute.updated", 3, 0, ""),
    ("credit_note.created", 3, 0, ""),
    ("invoice.updated", 2, 3, "PutEvents SendMessage"),
    ("payout.created", 3, 4, "PutEvents SendMessage"),
    ("account.updated", 3, 4, "SendEmail SendMessage"),
    ("capability.updated", 2, 3, "PutEvents SendMessage"),
    ("reminder.dispute", 4, 0, ""),
    ("payout.paid", 2, 3, "PutEvents SendMessage"),
    ("customer.subscription.updated", 2, 3, "PutEvents SendMessage"),
    ("invoice.payment_failed", 2, 6, "CreateSchedule SendEmail SendMessage SendMessage"),
    ("payment_intent.payment_failed", 2, 3, "PutEvents SendMessage"),
    ("customer.updated", 2, 3, "PutEvents SendMessage"),
    ("invoice.upcoming", 2, 4, "SendEmail SendMessage"),
    ("reminder.payment_failed", 2, 4, "SendEmail SendMessage"),
    ("payout.canceled", 2, 8, "PutEvents SendEmail SendMessage SendMessage"),
    ("payout.failed", 2, 7, "PutEvents SendEmail SendMessage SendMessage"),
    ("account.application.deauthorized", 3, 3, "CreateSchedule PutEvents SendMessage"),
    ("account.application.authorized", 2, 3, "PutEvents SendMessage"),
    ("invoice.payment_action_required", 2, 7, "CreateSchedule PutEvents SendEmail SendMessage SendMessage"),
    ("charge.dispute.closed", 3, 6, "PutEvents SendEmail SendMessage SendMessage"),
    ("charge.dispute.funds_reinstated", 3, 0, ""),
    ("invoice.overdue", 2, 4, "SendEmail SendMessage"),
    ("customer.subscription.deleted", 2, 3, "CreateSchedule PutEvents SendMessage"),
    ("invoice.marked_uncollectible", 2, 0, ""),
    ("farewell.due", 2, 0, ""),
    ("customer.deleted", 2, 3, "CreateSchedule PutEvents SendMessage"),
    ("erasure.due", 5, 3, "CreateSchedule SendMessage SendMessage"),
    ("observed.erasure", 3, 4, "SendEmail SendMessage"),
    ("reminder.payment_failed", 2, 4, "SendEmail SendMessage"),
    ("invoice.overpaid", 2, 3, "SendEmail SendMessage"),
    ("erasure.unconfirmed", 2, 50, "PutEvents SendMessage"),
    ("erasure.account_due", 3, 0, ""),
    ("erasure.guest_due", 4, 6, "SendMessage"),
]
"""In the line: look and commit, and whether the customer was erased before, if nobody has heard of it yet.

A dispute names the payment alone: one read more tells whether the payment's customer was erased. One read more tells
whether a mail to the operator is the first of its kind, account and hour.

Beside it, for each lane: lease and finish; a mail and whether it still applies; whether the customer was erased since.
"""

ERASES = {"erasure.unconfirmed", "erasure.account_due", "erasure.guest_due"}


@pytest.fixture(scope="module")
def told() -> list[Handled]:
    with metered_system() as system:
        return list(story(system))


def test_every_event_of_the_story_takes_exactly_these_calls(told: list[Handled]) -> None:
    assert [(one.type, one.consumer.dynamodb, beside(one), others(one)) for one in told] == CALLS


def test_an_event_is_looked_up_committed_and_handed_over_by_one_message(told: list[Handled]) -> None:
    for one in told:
        line = one.consumer.calls
        # What is erased or bid farewell may have payments, whose open money is looked for in one more call.
        looks = {1, 2} if one.type in {"erasure.due", "farewell.due"} else {1}
        assert line["dynamodb.BatchGetItem"] in looks
        assert line["dynamodb.TransactWriteItems"] >= 1
        assert line["dynamodb.PutItem"] == line["dynamodb.UpdateItem"] == 0
        assert line["sqs.SendMessage"] == bool(one.worker)
        assert len({cost.queue for cost in one.worker}) == len(one.worker)


def test_the_worker_of_the_effects_hands_the_mails_on_once_if_both_are_owed(told: list[Handled]) -> None:
    for one in told:
        handed_on = {cost.queue: cost.calls["sqs.SendMessage"] for cost in one.worker}
        if one.type == "erasure.due":  # it asks Stripe, and the answer is the message
            handed_on["effects"] -= 1
        assert handed_on in ({}, {"effects": 0}, {"mails": 0}, {"effects": 1, "mails": 0})
    assert any(len(one.worker) > 1 for one in told)


def test_the_line_calls_nobody_but_dynamodb_and_sqs_but_for_keys_that_it_keeps(told: list[Handled]) -> None:
    services = {call.partition(".")[0] for one in told for call in one.consumer.calls}
    assert services == {"dynamodb", "sqs", "secretsmanager"}
    # The key of the tombstones stays. That of the messages is fetched again after five minutes, as here most times.
    first, *later = (one.consumer.calls["secretsmanager.GetSecretValue"] for one in told)
    assert first == 2
    assert max(later) == 1


def test_a_lane_is_leased_and_finished_by_one_update_each(told: list[Handled]) -> None:
    for one in told:
        for lane in one.worker:
            # The certificate of an erasure, and the hourly limit of customers; a mail before the next one.
            more = (one.type in ERASES) + (one.type == "erasure.unconfirmed") + (lane.mails > 1)
            assert lane.calls["dynamodb.UpdateItem"] == 2 + more


def test_an_owing_event_enters_the_index_and_leaves_it_once(told: list[Handled]) -> None:
    assert [sum(cost.written["index"] for cost in one.costs) for one in told] == [2 * bool(one.worker) for one in told]


def test_an_event_costs_one_write_unit_in_the_time_index(told: list[Handled]) -> None:
    assert {sum(cost.written["time index"] for cost in one.costs) for one in told} == {1}


def test_a_repetition_and_an_event_that_nobody_handles_take_one_call() -> None:
    with metered_system() as system:
        paid = samples.sample("invoice.paid")
        system.handle(paid, paid["created"])
        again = system.handle(paid, paid["created"] + 60, "sent again")
        ignored = system.handle(paid | {"type": "price.created", "id": "evt_other"}, paid["created"] + 60)
    assert [(one.consumer.state, dict(one.consumer.calls), one.worker) for one in (again, ignored)] == [
        ("duplicate", {"dynamodb.BatchGetItem": 1}, ()),
        ("ignored", {"dynamodb.PutItem": 1}, ()),
    ]


def test_an_event_takes_no_more_write_units_than_the_report_says(told: list[Handled]) -> None:
    assert round(mean_units(told), 1) <= 15.4  # with the erasure of a guest, and 0.2 for Checkout sessions


@pytest.mark.parametrize(("kind", "most"), [("access", 0.5), ("session", 0.2)])
def test_the_items_for_the_app_take_less_than_a_write_unit_an_event(
    told: list[Handled], kind: str, most: float
) -> None:
    stripes = [one for one in told if one.type in STORY]
    written = sum(cost.written[kind] for one in stripes for cost in one.costs)
    assert 0 < written / len(stripes) <= most


def test_an_event_of_a_checkout_session_takes_one_more_write(told: list[Handled]) -> None:
    written = {one.type: one.consumer.written["session"] for one in told if one.consumer.written["session"]}
    assert written == {
        "checkout.session.expired": 2,
        "checkout.session.completed": 2,
        "checkout.session.async_payment_succeeded": 2,
        "checkout.session.async_payment_failed": 2,
    }


def beside(one: Handled) -> int:
    return sum(cost.dynamodb for cost in one.worker)


def others(one: Handled) -> str:
    calls = (call.partition(".") for cost in one.costs for call in cost.calls.elements())
    return " ".join(
        sorted(operation for service, _, operation in calls if service not in {"dynamodb", "secretsmanager"})
    )
