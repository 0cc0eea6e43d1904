"""A failure before the commit is retried as its kind needs, then dead-lettered; the inbox holds the reason."""

import json

import pytest
from botocore.exceptions import ReadTimeoutError

from functions.consumer.consume import Outcome, consume
from functions.consumer.message import read_message
from shared.compression.packing import pack, unpack
from shared.failures.backoff import BUG, SERVICE
from shared.failures.errors import Permanent, Retryable
from tests.consumer.examples import LEASE, NOW, PARTITION, mail, sqs_record
from tests.consumer.faults import Crash
from tests.consumer.world import World

SECRETS = ("ann", "example.com", "cus_1", "in_1")


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def fail_with(world: World, error: Exception) -> None:
    def decide(*_: object) -> None:
        raise error

    world.decide = decide  # type: ignore[assignment] # it never returns


def consume_to_the_end(world: World, message_id: str = "message-1") -> list[Outcome]:
    """Every verdict on a message until it is gone or given up, each taken when SQS would show the message again."""
    verdicts = [world.consume(message_id)]
    while verdicts[-1].wait is not None and verdicts[-1].state != "awaiting dead letter":
        world.clock.now += verdicts[-1].wait
        verdicts.append(world.consume(message_id))
    return verdicts


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (Retryable("rate_limit"), SERVICE),
        (ReadTimeoutError(endpoint_url="https://ann.example.com"), SERVICE),
        (KeyError("ann@example.com"), BUG),
    ],
    ids=["service", "no answer", "bug"],
)
def test_a_failure_is_tried_seven_times_more_and_then_given_up(
    world: World, error: Exception, waits: tuple[int, ...]
) -> None:
    fail_with(world, error)
    *retries, failed, given_up = consume_to_the_end(world)
    assert [verdict.wait for verdict in retries] == list(waits)
    assert {verdict.state for verdict in retries} == {"retry"}
    assert (failed.state, failed.attempt, failed.wait) == ("failed", 8, 0)
    assert given_up == Outcome("awaiting dead letter", 0)


def test_between_attempts_the_inbox_says_what_failed_and_when_it_goes_on(world: World) -> None:
    fail_with(world, Retryable("rate_limit"))
    world.consume()
    inbox = world.inbox()
    assert (inbox["error"], inbox["attempts"], inbox["next_at"]) == ("Retryable rate_limit", 1, NOW + SERVICE[0])
    assert (inbox["state"], inbox["lease_until"]) == ("claimed", 0)


def test_the_inbox_keeps_the_last_five_errors_with_their_attempts_and_times(world: World) -> None:
    fail_with(world, KeyError("ann@example.com"))
    consume_to_the_end(world)
    kept = world.inbox()["errors"]
    assert [one["attempt"] for one in kept] == [4, 5, 6, 7, 8]
    assert {(one["error"], one["times"]) for one in kept} == {(world.inbox()["error"], 1)}
    assert kept[-1]["at_ms"] == world.inbox()["failed_ms"]
    assert [one["at_ms"] for one in kept] == sorted({one["at_ms"] for one in kept})


def test_the_first_attempt_that_was_given_up_stays_beside_the_last_five(world: World) -> None:
    fail_with(world, KeyError("ann@example.com"))
    given_up = []
    for message in ("message 1", "message 2", "message 3"):
        while world.consume(message).state != "failed":
            world.clock.now += 3600
        given_up.append(world.inbox()["failed_ms"])
        world.clock.now += 3600
    kept = world.inbox()["errors"]
    assert [one["attempt"] for one in kept] == [8, 4, 5, 6, 7, 8]
    assert [one["given_up_ms"] for one in kept if "given_up_ms" in one] == [given_up[0], given_up[2]]


def test_the_same_error_after_a_redrive_is_an_attempt_of_its_own(world: World) -> None:
    fail_with(world, Permanent("bug", "somewhere"))
    world.consume("message 1")
    world.clock.now += 60
    world.consume("message 2")
    kept = world.inbox()["errors"]
    assert [(one["attempt"], one["times"]) for one in kept] == [(1, 1), (1, 1)]
    assert kept[0]["given_up_ms"] + 60_000 == kept[1]["given_up_ms"] == world.inbox()["failed_ms"]


def test_a_retried_event_keeps_its_errors_after_the_commit(world: World) -> None:
    decide = world.decide
    fail_with(world, KeyError())
    world.consume()
    world.decide = decide
    world.consume()
    assert [one["attempt"] for one in world.inbox()["errors"]] == [1]
    assert "error" not in world.inbox()


def test_a_first_failure_that_cannot_even_be_claimed_is_tried_again_and_counts_none(world: World) -> None:
    fail_with(world, KeyError())
    world.faults.cut("PutItem")
    verdict = world.consume()
    assert (verdict.state, str(verdict.failure)) == ("unclaimed", "BotoCoreError EndpointConnectionError")
    assert (world.inbox(), world.consume().attempt) == ({}, 1)


def test_the_lease_is_released_with_the_error_so_that_a_short_wait_is_short(world: World) -> None:
    fail_with(world, KeyError())
    assert world.consume().wait == BUG[0]
    assert world.consume().attempt == 2


def test_an_error_that_could_not_be_recorded_waits_for_the_lease_if_that_is_longer(world: World) -> None:
    fail_with(world, KeyError())
    world.faults.cut("UpdateItem")
    assert world.consume().wait == LEASE
    fail_with(world, Retryable("rate_limit"))
    world.faults.meanwhile("UpdateItem", lambda: None)  # the take-over
    world.faults.cut("UpdateItem")
    world.clock.now += LEASE
    assert world.consume().wait == SERVICE[1]


def test_a_permanent_failure_is_dead_lettered_at_once_with_its_payload_archived(world: World) -> None:
    fail_with(world, Permanent("invoice_missing", "customer"))
    verdict = world.consume()
    assert (verdict.state, verdict.wait, str(verdict.failure)) == ("failed", 0, "Permanent invoice_missing at customer")
    inbox = world.inbox()
    assert (inbox["state"], inbox["error"]) == ("failed", "Permanent invoice_missing at customer")
    assert (inbox["failed_ms"], inbox["lease_until"]) == (NOW * 1000, 0)
    (archived,) = world.books().values()
    assert unpack(archived["payload"]) == world.message().body


def test_a_body_that_is_no_event_is_dead_lettered_at_once(world: World) -> None:
    message = read_message(sqs_record("ann@example.com is no JSON"))
    assert consume(world.consumer, message).state == "failed"
    assert consume(world.consumer, message).state == "awaiting dead letter"
    assert world.inbox("message:message-1")["error"] == "Permanent event_json_invalid"


def test_a_message_that_waits_for_its_dead_letter_is_not_tried(world: World) -> None:
    fail_with(world, Permanent("invoice_missing"))
    world.consume()
    world.faults.calls.clear()
    assert [world.consume() for _ in range(3)] == [Outcome("awaiting dead letter", 0)] * 3
    assert world.faults.calls == ["PutItem"] * 3


def test_a_redriven_message_is_tried_in_earnest_eight_times(world: World) -> None:
    fail_with(world, KeyError())
    consume_to_the_end(world)
    *retries, failed, _ = consume_to_the_end(world, "redriven")
    assert (len(retries), failed.attempt) == (7, 8)


def test_unrecorded_crashes_are_a_failure_too_but_the_first_leaves_no_trace(world: World) -> None:
    for _ in range(1 + 8):
        world.faults.crash_before("GetItem")
        with pytest.raises(Crash):
            world.consume()
        world.clock.now += LEASE
    verdict = world.consume()
    assert (verdict.state, verdict.attempt) == ("failed", 9)
    assert world.inbox()["error"] == "Crashed no_answer"
    assert world.consume().state == "awaiting dead letter"


def test_a_failure_that_could_not_be_recorded_is_recorded_later(world: World) -> None:
    fail_with(world, Permanent("invoice_missing"))
    world.faults.cut("TransactWriteItems")
    unrecorded = world.consume()
    assert (unrecorded.state, unrecorded.wait, str(unrecorded.failure)) == (
        "unrecorded",
        LEASE,
        "Permanent invoice_missing",
    )
    world.clock.now += LEASE
    assert world.consume().state == "failed"


@pytest.mark.parametrize("damaged", [b"no record", pack("{}")[:-1], pack('{"account": 1}')])
def test_a_record_that_cannot_be_read_dead_letters_what_needs_it_like_any_bug(world: World, damaged: bytes) -> None:
    world.write_book(PARTITION, "organization", {"record": damaged, "version": 1})
    *_, failed, given_up = consume_to_the_end(world)
    assert (failed.state, failed.attempt, given_up.state) == ("failed", 8, "awaiting dead letter")
    assert world.inbox()["error"].partition(" at ")[0] in {"error unexpected", "ValidationError unexpected"}


def test_the_error_of_a_message_typed_into_the_console_says_what_it_lacks(world: World) -> None:
    for body, reason in (('{"hello": 1}', "Permanent event_missing at id"), ("[1]", "Permanent event_model_type")):
        message = read_message(sqs_record(body, f"message of {len(body)}"))
        assert consume(world.consumer, message).state == "failed"
        assert world.inbox(message.event_id)["error"] == reason


def test_what_was_committed_without_an_answer_is_not_decided_again(world: World) -> None:
    world.faults.lose_answer("TransactWriteItems", times=3)
    assert world.consume().state in {"retry", "handed over"}  # moto does not know a transaction that is sent again
    fail_with(world, AssertionError("decided again"))
    assert world.consume().state == "handed over"
    world.work_all()
    assert world.services.mails == [mail()]


@pytest.mark.parametrize("error", [KeyError("ann@example.com"), ValueError("cus_1 in_1"), Retryable("rate_limit")])
def test_no_value_of_the_event_is_in_an_error(world: World, error: Exception) -> None:
    fail_with(world, error)
    verdict = world.consume()
    said = f"{verdict.failure} {json.dumps([world.inbox()['error'], world.inbox()['errors']])}".lower()
    assert not [secret for secret in SECRETS if secret in said]
