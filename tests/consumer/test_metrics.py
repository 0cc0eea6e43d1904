"""CloudWatch reads an event's metrics from its one log line; nothing in them is personal."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from functions.consumer.consume import AttemptStats, Outcome, consume
from functions.consumer.message import read_message
from functions.consumer.metrics import metrics_of
from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.failures.errors import Permanent, Retryable
from shared.values.frozen import Scalar
from tests.consumer.examples import NOW, mail, only_save, sqs_record, stripe_event
from tests.consumer.world import World

OURS = "Billhook/billhook"
LAG = 10_000  # milliseconds, since the world's events were created ten seconds ago


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def announcement(name: str, **facts: Scalar) -> Announcement:
    record = "acct_1#pi_1/payment"
    return Announcement(
        id=name, name=name, at=1, account="acct_1", customer="cus_1", record=record, version=1, facts=facts
    )


def counted(world: World, message_id: str = "message-1", **event: object) -> dict[tuple[str, ...], float]:
    """What one more delivery of the event counts: metric name and dimension values, and its value."""
    message = read_message(sqs_record(stripe_event(**event), message_id))  # type: ignore[arg-type] # fields of an event
    return as_read(metrics_of(message, consume(world.consumer, message), world.clock(), OURS))


def as_read(fields: dict[str, Any]) -> dict[tuple[str, ...], float]:
    directives = fields["_aws"]["CloudWatchMetrics"] if fields else []
    assert {directive["Namespace"] for directive in directives} <= {OURS}
    return {
        (metric["Name"], *(fields[name] for name in names)): fields[metric["Name"]]
        for directive in directives
        for names in directive["Dimensions"]
        for metric in directive["Metrics"]
    }


def deciding(world: World, *announcements: Announcement) -> None:
    world.decide = lambda _event, _books: Decision(then=announcements)


def failing(world: World, error: Exception) -> None:
    def decide(*_: object) -> None:
        raise error

    world.decide = decide  # type: ignore[assignment] # it never returns


def test_a_finished_event_counts_with_its_lag_and_its_repetition_as_a_duplicate(world: World) -> None:
    world.decide = only_save
    assert counted(world) == {("Done", "consumer"): 1, ("Lag", "consumer"): LAG}
    assert counted(world, "message-2") == {("Duplicate", "consumer"): 1}


def test_a_committed_event_counts_as_done_and_its_next_hand_over_as_nothing(world: World) -> None:
    assert counted(world) == {("Done", "consumer"): 1, ("Lag", "consumer"): LAG}
    assert counted(world) == counted(world, "message-2") == {}


def test_an_event_that_sqs_refuses_to_take_over_is_done_once_and_retried(world: World) -> None:
    then = (announcement("payment.succeeded", amount_received=2900, currency="usd"), mail())
    world.decide = lambda _event, _books: Decision(then=then)
    world.queues.errors = [EndpointConnectionError(endpoint_url="https://sqs.example")] * 2
    payment = {("PaymentReceived", "consumer", "usd"): 2900}
    assert counted(world) == {("Done", "consumer"): 1, ("Retried", "consumer"): 1, ("Lag", "consumer"): LAG} | payment
    assert counted(world) == {("Retried", "consumer"): 1}
    assert counted(world) == {}


def test_an_ignored_event_counts_as_such(world: World) -> None:
    world.ignore = "no handler for its type"
    assert counted(world) == {("Ignored", "consumer"): 1}


def test_a_failure_counts_as_retried_and_its_end_as_dead_only_once(world: World) -> None:
    failing(world, Retryable("rate_limit"))
    seen = []
    for _ in range(8):
        seen.append(counted(world))
        world.clock.now += 6 * 3600
    assert seen == [{("Retried", "consumer"): 1}] * 7 + [{("Dead", "consumer"): 1}]
    assert counted(world) == {}


def test_a_deployment_at_fault_is_counted_with_each_attempt_until_the_event_is_dead(world: World) -> None:
    answer: Any = {"Error": {"Code": "AccessDeniedException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    failing(world, ClientError(answer, "GetItem"))
    at_fault = ("DeploymentFault", "consumer")
    assert counted(world) == counted(world) == {("Retried", "consumer"): 1, at_fault: 1}
    world.clock.now += 3601
    assert counted(world) == {("Dead", "consumer"): 1, at_fault: 1}


def test_a_redriven_event_that_fails_again_is_dead_again(world: World) -> None:
    failing(world, Permanent("no_handler"))
    assert [counted(world, message) for message in ("message-1", "redriven")] == [{("Dead", "consumer"): 1}] * 2


def test_an_event_that_somebody_else_has_counts_nothing(world: World) -> None:
    world.claim()
    assert counted(world) == {}


def test_a_message_of_our_own_has_no_lag_since_stripe_did_not_create_it(world: World) -> None:
    assert counted(world, type="reminder.payment_failed") == {("Done", "consumer"): 1}


def test_a_payment_that_succeeded_is_counted_under_its_currency(world: World) -> None:
    deciding(world, announcement("payment.succeeded", amount_received=2900, currency="usd"))
    assert counted(world) == {
        ("Done", "consumer"): 1,
        ("Lag", "consumer"): LAG,
        ("PaymentReceived", "consumer", "usd"): 2900,
    }


@pytest.mark.parametrize(
    ("happened", "metric"),
    [
        ("organization.access_granted", "SubscriptionsStarted"),
        ("organization.plan_changed", "SubscriptionsChanged"),
        ("organization.access_revoked", "SubscriptionsEnded"),
    ],
)
def test_a_subscription_that_starts_changes_or_ends_is_counted(world: World, happened: str, metric: str) -> None:
    deciding(world, announcement(happened))
    assert counted(world)[metric, "consumer"] == 1


def test_nothing_else_that_happened_is_counted(world: World) -> None:
    deciding(world, announcement("payment.failed"), announcement("order.fulfilled", amount=1))
    assert counted(world) == {("Done", "consumer"): 1, ("Lag", "consumer"): LAG}


@pytest.mark.parametrize(
    ("version", "known"),
    [("2024-06-20", True), ("2025-03-31.basil", True), (None, True), ("2024-04-10", False), ("2027-01-28.x", False)],
)
def test_an_api_version_that_we_do_not_know_is_counted(world: World, version: str | None, known: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (("UnknownApiVersion", "consumer") not in counted(world, api_version=version)) is known


def test_no_account_customer_or_event_is_a_dimension() -> None:
    message = read_message(sqs_record(stripe_event()))
    announced = (announcement("payment.succeeded", amount_received=1, currency="usd"),)
    verdict = Outcome("done", stats=AttemptStats(NOW, announced, committed=True))
    printed = json.dumps(metrics_of(message, verdict, NOW, OURS))
    assert not [one for one in ("acct_1", "cus_1", "evt_1", "pi_1") if one in printed]
