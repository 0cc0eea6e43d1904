"""Refusals of AWS: an invalid request is a bug, a forbidden one the deployment's fault, a throttled one waits."""

from collections.abc import Callable

import pytest

from functions.consumer.consume import Outcome
from shared.failures.backoff import ATTEMPTS, BUG, FAULTY_FOR
from shared.failures.errors import Permanent
from shared.values.times import HOUR
from tests.consumer.examples import LEASE, NOW
from tests.consumer.world import World

EVER = 1000
CANCELLED = "TransactionCanceledException TransactionCanceledException"
FORBIDDEN = ["AccessDeniedException", "ResourceNotFoundException"]
"""A permission that is missing, and a table that is gone; tests/shared/test_failure.py has more."""


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def consume_for(world: World, seconds: float) -> list[Outcome]:
    """Every verdict on a message for so long, each taken when SQS would show the message again."""
    ends = world.clock.now + seconds
    verdicts: list[Outcome] = []
    while world.clock.now <= ends and "failed" not in {verdict.state for verdict in verdicts}:
        verdicts.append(world.consume())
        world.clock.now += verdicts[-1].wait or 0
        if verdicts[-1].wait == 0:
            break
    return verdicts


def invalid_read(world: World) -> None:
    world.faults.refuse("GetItem", "ValidationException", EVER)


def invalid_commit(world: World) -> None:
    world.faults.refuse("TransactWriteItems", "ValidationException", ATTEMPTS)


def invalid_write(world: World) -> None:
    for _ in range(ATTEMPTS):
        world.faults.cancel(["None", "ValidationError", "None", "None"])


@pytest.mark.parametrize(
    ("invalid", "told"),
    [
        (invalid_read, "ClientError ValidationException at GetItem"),
        (invalid_commit, "ClientError ValidationException at TransactWriteItems"),
        (invalid_write, f"{CANCELLED}.ValidationError at TransactWriteItems"),
    ],
)
def test_an_invalid_request_is_dead_lettered_within_minutes(
    world: World, invalid: Callable[[World], None], told: str
) -> None:
    invalid(world)
    *retries, failed = consume_for(world, HOUR)
    assert [verdict.wait for verdict in retries] == list(BUG)
    assert (failed.state, failed.attempt, failed.wait) == ("failed", ATTEMPTS, 0)
    world.faults.forget()
    assert (world.inbox()["state"], world.inbox()["error"]) == ("failed", told)


def test_a_look_that_dynamodb_calls_invalid_leaves_the_event_to_a_claim(world: World) -> None:
    world.faults.refuse("BatchGetItem", "ValidationException")
    assert world.consume().state == "committed"
    assert world.faults.calls[:2] == ["BatchGetItem", "PutItem"]


def test_a_claim_that_dynamodb_calls_invalid_lets_sqs_dead_letter_the_message(world: World) -> None:
    world.redelivers()
    world.faults.refuse("PutItem", "ValidationException", EVER)
    *waiting, last = consume_for(world, HOUR)
    assert {verdict.state for verdict in (*waiting, last)} == {"unclaimed"}
    assert (last.wait, str(last.failure)) == (0, "ClientError ValidationException at PutItem")
    assert sum(verdict.wait or 0 for verdict in waiting) < 2 * sum(BUG)


@pytest.mark.parametrize("code", FORBIDDEN)
@pytest.mark.parametrize("operation", ["GetItem", "TransactWriteItems"])
def test_what_the_deployment_forbids_is_waited_out_uncounted_and_fails_after_an_hour(
    world: World, code: str, operation: str
) -> None:
    world.faults.refuse(operation, code, EVER)
    *retries, last = consume_for(world, FAULTY_FOR + 60)
    assert {(verdict.state, verdict.wait, verdict.attempt) for verdict in retries} == {("retry", 60, 1)}
    assert sum(verdict.wait or 0 for verdict in retries) == FAULTY_FOR
    assert (last.state, last.wait) == ("failed", 0)
    world.faults.forget()
    assert world.inbox()["state"] == "failed"
    assert f"{code} at {operation}" in world.inbox()["error"]
    (told,) = world.inbox()["errors"]
    assert (told["attempt"], told["times"]) == (1, len(retries) + 1)


@pytest.mark.parametrize("code", FORBIDDEN)
def test_a_table_that_the_deployment_forbids_lets_sqs_dead_letter_the_message(world: World, code: str) -> None:
    world.faults.refuse("BatchGetItem", code, EVER)
    world.faults.refuse("PutItem", code, EVER)
    *waiting, last = consume_for(world, 2 * FAULTY_FOR)
    assert {(verdict.state, verdict.wait) for verdict in waiting} == {("unclaimed", 60)}
    assert sum(verdict.wait or 0 for verdict in waiting) == FAULTY_FOR
    assert (last.state, last.wait) == ("unclaimed", 0)


def test_after_an_hour_of_throttling_a_deployments_fault_still_has_its_hour(world: World) -> None:
    world.faults.refuse("GetItem", "ThrottlingException", EVER)
    throttled = consume_for(world, FAULTY_FOR + 60)
    assert {verdict.state for verdict in throttled} == {"retry"}
    world.faults.forget()
    world.faults.refuse("GetItem", "AccessDeniedException", EVER)
    *retries, last = consume_for(world, FAULTY_FOR + 60)
    assert {(verdict.state, verdict.wait) for verdict in retries} == {("retry", 60)}
    assert sum(verdict.wait or 0 for verdict in retries) == FAULTY_FOR
    assert (last.state, last.wait) == ("failed", 0)


@pytest.mark.parametrize("between", ["ThrottlingException", "ValidationException"])
def test_another_kind_of_failure_in_between_begins_the_hour_anew(world: World, between: str) -> None:
    world.faults.refuse("GetItem", "AccessDeniedException", EVER)
    assert consume_for(world, FAULTY_FOR - 120)[-1].state == "retry"
    world.faults.forget()
    assert "faulty_since" in world.inbox()
    world.faults.refuse("GetItem", between)
    assert world.consume().state == "retry"
    assert "faulty_since" not in world.inbox()
    world.faults.refuse("GetItem", "AccessDeniedException", EVER)
    *retries, last = consume_for(world, FAULTY_FOR + 60)
    assert sum(verdict.wait or 0 for verdict in retries) == FAULTY_FOR
    assert last.state == "failed"


def test_a_redriven_message_has_an_hour_of_its_own(world: World) -> None:
    world.faults.refuse("GetItem", "AccessDeniedException", EVER)
    assert consume_for(world, FAULTY_FOR + 60)[-1].state == "failed"
    world.faults.forget()
    assert "faulty_since" not in world.inbox()
    world.faults.refuse("GetItem", "AccessDeniedException")
    assert world.consume("redriven").wait == 60


def test_nor_does_a_message_inherit_what_another_one_left(world: World) -> None:
    """SQS has counted the other one out before its hour was over."""
    world.faults.refuse("GetItem", "AccessDeniedException", 2)
    world.consume()
    world.clock.now += 10 * FAULTY_FOR
    assert (world.consume("redriven").wait, world.inbox()["faulty_since"]) == (60, world.clock.now)


def test_a_commit_forgets_the_fault(world: World) -> None:
    world.faults.refuse("GetItem", "AccessDeniedException")
    world.consume()
    assert world.inbox()["faulty_since"] == NOW
    assert world.consume().state == "committed"
    assert "faulty_since" not in world.inbox()


def test_a_permission_that_comes_within_the_hour_has_cost_no_attempt(world: World) -> None:
    world.faults.refuse("GetItem", "AccessDeniedException", 20)
    for _ in range(20):
        assert world.consume().state == "retry"
        world.clock.now += 60
    assert world.consume() == Outcome("committed", attempt=1)


@pytest.mark.parametrize("operation", ["GetItem", "TransactWriteItems"])
@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_throttling_waits_longer_each_time_and_counts_no_attempt(world: World, operation: str, code: str) -> None:
    world.faults.refuse(operation, code, EVER)
    verdicts = consume_for(world, 6 * HOUR)
    waits = [verdict.wait for verdict in verdicts]
    assert waits[:8] == [4, 4, 8, 16, 32, 64, 128, 256]
    assert max(wait or 0 for wait in waits) == HOUR
    assert {(verdict.state, verdict.attempt) for verdict in verdicts} == {("retry", 1)}
    world.faults.forget()
    assert world.consume().attempt == 1


@pytest.mark.parametrize("call", ["BatchGetItem", "PutItem"])
def test_a_throttled_claim_uses_up_no_attempt(world: World, call: str) -> None:
    world.faults.refuse(call, "ThrottlingException")
    world.faults.refuse("PutItem", "ThrottlingException", EVER)
    if call == "PutItem":
        world.redelivers()
    for _ in range(ATTEMPTS):
        verdict = world.consume()
        assert (verdict.state, verdict.attempt) == ("unclaimed", 0)
    world.faults.forget()
    assert world.consume().attempt == 1


def test_a_claim_that_is_not_answered_waits_longer_the_longer_it_has_waited(world: World) -> None:
    world.faults.cut("BatchGetItem")
    world.faults.cut("PutItem")
    verdict = world.consume()
    assert (verdict.state, verdict.wait) == ("unclaimed", 4)
    assert str(verdict.failure) == "BotoCoreError EndpointConnectionError"
    world.clock.now += 600
    assert world.consume().wait == 600
    assert world.consume().attempt == 1


def fail_for_good(*_: object) -> None:
    raise Permanent("invoice_missing")


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException"])
@pytest.mark.parametrize("operation", ["GetItem", "TransactWriteItems"])
def test_a_failure_is_recorded_without_its_payload_where_the_books_cannot_be_used(
    world: World, operation: str, code: str
) -> None:
    world.decide = fail_for_good  # type: ignore[assignment] # it never returns
    world.faults.refuse(operation, code)
    assert world.consume().state == "failed"
    assert (world.inbox()["state"], world.inbox()["error"]) == ("failed", "Permanent invoice_missing")
    assert world.books() == {}


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError"])
@pytest.mark.parametrize("operation", ["GetItem", "TransactWriteItems"])
def test_a_failure_waits_to_be_recorded_with_its_payload_while_dynamodb_has_trouble(
    world: World, operation: str, code: str
) -> None:
    world.decide = fail_for_good  # type: ignore[assignment] # it never returns
    world.faults.refuse(operation, code, status=500 if code == "InternalServerError" else 400)
    assert world.consume().state == "unrecorded"
    world.clock.now += LEASE
    assert world.consume().state == "failed"
    assert len(world.books()) == 1
